"""Learning platforms: the people who come from them, and the scores sent back.

connection  the platforms of lti.toml, and what is needed to talk to them
people      which person of this course a platform's user is, and with which role
scores      which scores the platforms should show now
sender      the thread that sends them
"""

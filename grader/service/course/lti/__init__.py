"""Learning platforms: who comes from them, and what scores go back.

connection  the platforms of lti.toml, and what is needed to talk with them
people      who somebody of a platform is in this course, and with which role
scores      which scores the platforms are to show now
sender      the thread that sends them
"""

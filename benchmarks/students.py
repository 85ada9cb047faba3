"""A class that types and hands in, as a program of its own: `benchmarks/service.py` starts it.

What it is to do comes as JSON on standard input, and the figures go as JSON to standard output. Every student has one
connection, types into one field after the other, and hands in once; a request counts from the moment at which it was
due, so that a service that answers late cannot slow down who asks it.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass
class Figures:
    """How long each kind of request took, in seconds, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def add(self, kind: str, due: float, status: int, expected: int) -> None:
        """Count a request that was answered."""
        self.took[kind].append(time.perf_counter() - due)
        if status != expected:
            self.wrong.append(f"{kind}: {status}")


class Browser:
    """One connection that is kept open; HTTP by hand, because a library would take longer than what it measures."""

    def __init__(self, host: str, port: int, cookie: str, token: str) -> None:
        self.host, self.port = host, port
        self.head = f"Host: {host}:{port}\r\nCookie: {cookie}\r\nX-CSRF-Token: {token}\r\n"
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, kind: str = "", body: bytes = b"") -> tuple[int, str, bytes]:
        """The status, the address of a redirection and the body."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        sent = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{method} {path} HTTP/1.1\r\n{self.head}{sent}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length, location, last = 0, "", False
        for line in head.split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "location":
                location = value.strip()
            elif name.lower() == "connection":
                last = value.strip().lower() == "close"
        content = await reader.readexactly(length)
        if last:
            self.close()
        return int(head[9:12]), location, content

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


class Student:
    """One of the class."""

    def __init__(self, asked: dict[str, Any], place: int, figures: Figures) -> None:
        cookie, token = asked["students"][place]
        self.browser = Browser("127.0.0.1", asked["port"], cookie, token)
        self.asked, self.figures, self.place = asked, figures, place
        self.random = random.Random(place)
        self.answers = [(name, self.own(text)) for name, text in sorted(asked["answers"].items())]
        self.revision = 0
        self.seen: str | None = None

    def own(self, text: str) -> str:
        """What this student answers: of three answers one has another digit, so that no cache knows them all."""
        digits = [place for place, char in enumerate(text) if char.isdecimal()]
        if not digits or self.random.random() > 1 / 3:
            return text
        place = self.random.choice(digits)
        return text[:place] + self.random.choice("0123456789") + text[place + 1 :]

    async def work(self, start: float) -> None:
        """Type for so many seconds before handing in at some moment, or all the time; save now and then."""
        every, seconds, typing = self.asked["every"], self.asked["seconds"], self.asked["typing"]
        hand_in = start + self.random.uniform(0.05, 0.97) * seconds
        first, end = max(start, hand_in - typing), hand_in + every
        if typing >= seconds:
            first, end = start, start + seconds
        due, typed = first + self.random.uniform(0, every), 0
        while due < end:
            await _until(due)
            await self.preview(due, typed)
            typed += 1
            if (typed + self.place) % 5 == 0:
                await self.save(time.perf_counter(), typed)
            due += every
            if hand_in < due:
                await _until(hand_in)
                await self.hand_in(hand_in)
                hand_in = start + 2 * seconds + every
        self.browser.close()

    async def preview(self, due: float, typed: int) -> None:
        name, text = self.answers[typed // 4 % len(self.answers)]
        body = json.dumps({"part": name, "written": text[: max(1, len(text) * (typed % 4 + 1) // 4)]}).encode()
        status, _, _ = await self.browser.ask("POST", f"/preview/{self.asked['assignment']}", JSON, body)
        self.figures.add("preview", due, status, 200)

    async def save(self, due: float, typed: int) -> None:
        name = self.answers[0][0]
        body = json.dumps({"part": name, "written": f"draft {typed}", "revision": self.revision}).encode()
        status, _, content = await self.browser.ask("POST", f"/drafts/{self.asked['assignment']}", JSON, body)
        self.figures.add("draft", due, status, 200)
        self.revision = json.loads(content).get("revision", 0)

    async def hand_in(self, due: float) -> None:
        form = self.form([("seen", f"{self.answers[0][0]}={self.revision}")])
        status, location, _ = await self.browser.ask("POST", f"/work/{self.asked['assignment']}", FORM, form)
        self.figures.add("hand-in", due, status, 303)
        due = time.perf_counter()
        status, _, _ = await self.browser.ask("GET", location)
        self.figures.add("receipt", due, status, 200)

    def form(self, more: list[tuple[str, str]]) -> bytes:
        """The sheet as it is handed in."""
        return urlencode([*self.answers, *self.asked["step"], *more]).encode()

    async def press(self, number: int) -> None:
        """Hand a paper in that differs from the one before: the same twice within a minute is one attempt."""
        if self.seen is None:
            _, _, page = await self.browser.ask("GET", f"/work/{self.asked['assignment']}")
            found = re.search(rb'name="seen" value="([^"]*)"', page)
            self.seen = found[1].decode() if found else ""
        name, text = self.answers[1]
        form = self.form([("seen", self.seen)]).replace(
            urlencode([(name, text)]).encode(), urlencode([(name, f"{text} {number}")]).encode()
        )
        due = time.perf_counter()
        status, _, _ = await self.browser.ask("POST", f"/work/{self.asked['assignment']}", FORM, form)
        self.figures.add("pressed", due, status, 303)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


async def typing(asked: dict[str, Any], figures: Figures) -> None:
    """The whole class, for so many seconds."""
    start = time.perf_counter() + 1
    await asyncio.gather(*(Student(asked, place, figures).work(start) for place in range(len(asked["students"]))))


async def pressing(asked: dict[str, Any], figures: Figures) -> None:
    """Sixteen connections that hand in, one paper after the other, for so many seconds."""
    end = time.perf_counter() + asked["seconds"]
    numbers = iter(range(1_000_000))

    async def one(first: int) -> None:
        own = [Student(asked, place, figures) for place in range(first, len(asked["students"]), 16)]
        while own and time.perf_counter() < end:
            number = next(numbers)
            await own[number % len(own)].press(number)
        for student in own:
            student.browser.close()

    await asyncio.gather(*(one(place) for place in range(16)))


if __name__ == "__main__":
    found, made = json.load(sys.stdin), Figures()
    asyncio.run({"typing": typing, "pressing": pressing}[found["act"]](found, made))
    json.dump({"took": made.took, "wrong": made.wrong}, sys.stdout)

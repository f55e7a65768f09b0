"""Gates that the people there are cannot open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cockpit.playbook.model.steps import AssignStep, GateStep
from cockpit.playbook.problem import Finding
from cockpit.playbook.resolve import people
from cockpit.playbook.world import Placed, World


def gates(world: World, login: str) -> Iterator[Finding]:
    """Gates that ask for more sign-offs of a role, or more different people, than there are."""
    if not world.book.sound("roles"):
        return
    starter = login or "{{ login }}"
    roles = world.book.model.roles
    logins = {name: (f"({name})",) if role.assigned else people(role, starter) for name, role in roles.items()}
    others = {name: tuple(each for each in found if each != starter) for name, found in logins.items()}
    for placed in world.steps:
        if isinstance(placed.step, GateStep):
            yield from _gate(world, placed, placed.step, others if placed.step.without_starter else logins)
            yield from _idle(world, placed, placed.step)
            yield from _zones(world, placed, placed.step)


def _zones(world: World, placed: Placed, gate: GateStep) -> Iterator[Finding]:
    """More time zones than those who sign are in, as far as that is known."""
    model = world.book.model
    signers = [model.roles[role] for role in gate.sign if role in model.roles]
    if gate.zones is None or not gate.sign or any(role.assigned for role in signers) or not world.book.sound("people"):
        return
    known = {zone for role in signers for person in role.people if (zone := model.people.get(person))}
    if len(known) < gate.zones:
        at = world.place((*placed.path, "zones"))
        zones = f"{len(known)} time zone{'' if len(known) == 1 else 's'}"
        message = f"nobody can open this gate: it asks for {gate.zones} time zones, and who signs is in {zones}"
        yield Finding(at, "P501", message, "say in `people` where each login is")


def assigned(world: World) -> Iterator[Finding]:
    """Roles that nobody assigns, and steps that assign what has its people already."""
    roles, asked = world.book.model.roles, set[str]()
    for placed in world.steps:
        if isinstance(placed.step, AssignStep):
            role = roles.get(placed.step.assign)
            asked.add(placed.step.assign)
            if role is not None and not role.assigned:
                at = world.place((*placed.path, "assign"))
                message = f"`{placed.step.assign}` is not assigned during the release"
                yield Finding(at, "P806", message, "say `assigned: true` of the role")
    for name, role in roles.items():
        if role.assigned and name not in asked and world.book.sound("phases"):
            at = world.book.key("roles", name, "assigned")
            yield Finding(at, "P803", f"no step assigns `{name}`", f"add a step `assign: {name}`", "warning")


def _idle(world: World, placed: Placed, gate: GateStep) -> Iterator[Finding]:
    """What is said of sign-offs where none is asked for."""
    for key, said in (("expires", gate.expires), ("without_starter", gate.without_starter), ("zones", gate.zones)):
        if said and not gate.sign and world.book.sound(*placed.path, "sign"):
            at = world.book.key(*placed.path, key)
            yield Finding(
                at, "P803", f"`{key}` does nothing: nobody signs here", "add `sign:`, or remove it", "warning"
            )


def _gate(world: World, placed: Placed, gate: GateStep, logins: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    short = False
    for role, count in gate.sign.items():
        if role in logins and len(logins[role]) < count:
            short = True
            has = f"has {len(logins[role])}" if logins[role] else "has nobody"
            has += " without whoever starts the release" if gate.without_starter else ""
            people = "person" if count == 1 else "people"
            message = f"nobody can open this gate: it asks for {count} {people} of `{role}`, which {has}"
            yield Finding(world.place((*placed.path, "gate")), "P501", message, f"add people to `{role}`")
    if short or gate.distinct is None or not gate.sign.keys() <= logins.keys():
        return
    most = most_different(gate.sign, logins)
    if gate.distinct > most:
        message = (
            f"nobody can open this gate: it asks for {gate.distinct} different people, and at most {most} can sign"
        )
        hint = "ask for more sign-offs, for fewer different people, or give the roles more people"
        yield Finding(world.place((*placed.path, "distinct")), "P501", message, hint)


def most_different(sign: Mapping[str, int], people: Mapping[str, Sequence[str]]) -> int:
    """How many different people can sign at most, when each role gives as many signatures as asked for.

    It is the largest matching of signatures to people, found by augmenting paths.
    """
    seats = [role for role, count in sign.items() for _ in range(min(count, len(people.get(role, ()))))]
    holder: dict[str, int] = {}

    def seat(number: int, tried: set[str]) -> bool:
        for person in people[seats[number]]:
            if person not in tried:
                tried.add(person)
                if person not in holder or seat(holder[person], tried):
                    holder[person] = number
                    return True
        return False

    return sum(seat(number, set()) for number in range(len(seats)))

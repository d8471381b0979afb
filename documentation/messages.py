"""Every finding that the code can make, read from the code itself.

A finding is made by calling `Finding`, a class that holds its words until the place is known (`Trouble`, `PinFault`), or a
function that puts its argument ``what`` into one of these. Each such call is followed back to the words that it is given: texts,
f-strings, names, tuples and lists that hold them, functions that return them, and tables of them. What changes from case to case
is shown as dots.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path

DOTS = "…"
"""Stands for what changes from case to case."""

WORDS = "what"
"""Name of the parameter that holds a finding's words, wherever one is made."""

DEEPEST = 12
"""Steps that words are followed back over: none of them goes in a circle for ever."""

MOST_WAYS = 6
"""Ways of saying a part of a sentence that are told one by one; where there are more, the part is dots."""

GATHERS = ("contingent.io.collected", "add")
"""Module and method of the class that gathers what is found while a scenario is read. Sets have a method of that name as well."""

SETS_ASIDE = ("contingent.monitoring.readers.values", "reject")
"""Module and method that sets rows of a file aside and says why; they become findings where the file has been read."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, order=True)
class Message:
    """A finding as the code would say it.

    Parameters
    ----------
    module : str
        Full name of the module that makes it.
    line : int
        Line of the call.
    where : str
        Table or file and column, as far as they do not change from case to case; else blank.
    what : str
        The problem.
    maybe : str
        What to do; blank if the finding does not say.
    """

    module: str
    line: int
    where: str
    what: str
    maybe: str


class Module:
    """A module of the package: its functions, its constants, and what it imports from others.

    Parameters
    ----------
    name : str
        Full name.
    tree : ast.Module
        Its syntax.
    """

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name, self.tree = name, tree
        self.classes: dict[str, ast.ClassDef] = {}
        self.functions: dict[str, Function] = {}
        self.methods: set[str] = set()
        self.imported: dict[str, tuple[str, str]] = {}
        self.constants: dict[str, ast.expr] = {}
        self.calls: list[tuple[Function, ast.Call]] = []
        self._read(tree, within=None)

    def called(self, function: Function) -> str:
        """Return the name by which a function is called: that of its class, if it makes one."""
        makes = [name for name, made in self.classes.items() if function in made.body and function.name == "__init__"]
        return makes[0] if makes else function.name

    def _read(self, node: ast.AST, *, within: Function | None) -> None:
        """Take in what stands below a node; calls with the innermost function that they stand in."""
        for below in ast.iter_child_nodes(node):
            if isinstance(below, ast.Call) and within is not None:
                self.calls.append((within, below))
            elif isinstance(below, ast.ImportFrom) and below.module:
                self.imported |= {alias.asname or alias.name: (below.module, alias.name) for alias in below.names}
            elif isinstance(below, ast.ClassDef):
                self.classes[below.name] = below
                self.methods |= {part.name for part in below.body if isinstance(part, Function)}
            elif isinstance(below, Function):
                self.functions[below.name] = below
            elif isinstance(node, ast.Module):
                self.constants |= {target.id: value for target, value in _assigned(below) if isinstance(target, ast.Name)}
            self._read(below, within=below if isinstance(below, Function) else within)


class Code:
    """The package as it is read here: its modules, and what in them makes findings.

    Parameters
    ----------
    source : Path
        Folder of the package.
    """

    def __init__(self, source: Path) -> None:
        self._texts: dict[str, str] = {}
        for path in sorted(source.rglob("*.py")):
            parts = path.relative_to(source.parent).with_suffix("").parts
            self._texts[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
        said = re.compile(rf"(?:findings\.)?\b\w+\(|\b{WORDS}: str\b")
        self._said = {name: {*said.findall(text)} for name, text in self._texts.items()}
        self._modules: dict[str, Module] = {}

    def module(self, name: str) -> Module | None:
        """Return a module of the package, read when it is first asked for; None if there is none of this name."""
        if name not in self._modules and name in self._texts:
            self._modules[name] = Module(name, ast.parse(self._texts[name]))
        return self._modules.get(name)

    @cached_property
    def makers(self) -> dict[tuple[str, str], list[str]]:
        """Parameters, in order, of each class and function that makes a finding of its argument ``what``, by module and name."""
        found = {SETS_ASIDE: ["mask", "text", WORDS]}
        for module in self._those_that_say({f"{WORDS}: str"}):
            for name, made in module.classes.items():
                fields = [
                    part.target.id for part in made.body if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
                ]
                if WORDS in fields and {"column", "maybe"} & {*fields}:
                    found[module.name, name] = fields
        before = -1
        while len(found) > before:
            before = len(found)
            for module in self.callers(found):
                for function, call in module.calls:
                    given = _parameters(function)
                    maker = self.maker(module, call, found) if WORDS in given else None
                    if maker is not None and WORDS in _names(argument(call, found[maker], WORDS)):
                        found[module.name, module.called(function)] = given[1:] if given[0] in ("self", "cls") else given
        return found

    def callers(self, makers: dict[tuple[str, str], list[str]]) -> list[Module]:
        """Return the modules that may call one of these."""
        return self._those_that_say({f"findings.{name}(" if (home, name) == GATHERS else f"{name}(" for home, name in makers})

    def _those_that_say(self, words: set[str]) -> list[Module]:
        found = [name for name, said in self._said.items() if not words.isdisjoint(said)]
        return [module for name in found if (module := self.module(name)) is not None]

    def maker(self, module: Module, call: ast.Call, makers: dict[tuple[str, str], list[str]]) -> tuple[str, str] | None:
        """Return where the maker that is called stands; None if the call makes no finding."""
        if isinstance(call.func, ast.Name):
            _, own = module.imported.get(call.func.id, ("", call.func.id))
            place = self.origin(module.name, call.func.id) if any(own == name for _, name in makers) else None
            return place if place in makers else None
        if not isinstance(call.func, ast.Attribute):
            return None
        if call.func.attr == GATHERS[1] and GATHERS in makers:
            return GATHERS if ast.unparse(call.func.value).endswith("findings") else None
        # A method of a name that one class alone has.
        homes = [place for place in makers if place[1] == call.func.attr and place[1] in self._methods(place[0])]
        return homes[0] if len(homes) == 1 else None

    def _methods(self, module: str) -> set[str]:
        known = self.module(module)
        return known.methods if known is not None else set()

    def origin(self, module: str, name: str) -> tuple[str, str]:
        """Return where a name that a module uses is made."""
        for _ in range(DEEPEST):
            known = self.module(module)
            if known is None or name in known.functions or name in known.classes or name not in known.imported:
                break
            module, name = known.imported[name]
        return module, name

    def messages(self) -> tuple[list[Message], list[str]]:
        """Return every finding that can be told, and the calls whose words are not known before the program runs."""
        told: set[Message] = set()
        unknown: list[str] = []
        for module in self.callers(self.makers):
            for function, call in module.calls:
                maker = self.maker(module, call, self.makers)
                what = argument(call, self.makers[maker], WORDS) if maker is not None else None
                if maker is None or what is None or (WORDS in _names(what) and WORDS in _parameters(function)):
                    continue
                names, reader = self.makers[maker], Reader(self, module, function)
                pairs = reader.pairs(what, argument(call, names, "maybe"))
                if not pairs:
                    unknown.append(f"{module.name}.{function.name}: {ast.unparse(what)}")
                places = [reader.known(argument(call, names, name)) for name in ("table", "file", "column")]
                where = ", ".join(texts[0] for texts in places if len(texts) == 1 and DOTS not in texts[0])
                told |= {Message(module.name, call.lineno, where, words, cure) for words, cure in pairs}
        return sorted(told), sorted(unknown)


class Reader:
    """Follows an expression of a function back to the texts that it may hold.

    Parameters
    ----------
    code : Code
        The package.
    module : Module
        Where the function stands.
    function : ast.FunctionDef or ast.AsyncFunctionDef
        The function.
    """

    def __init__(self, code: Code, module: Module, function: Function) -> None:
        self.code, self.module, self.function = code, module, function

    def known(self, expression: ast.expr | None) -> list[str]:
        """Return the texts that an expression may hold, as far as they are known."""
        return [text for text in self.texts(expression) if text.strip(f"{DOTS} .")] if expression is not None else []

    def pairs(self, what: ast.expr, maybe: ast.expr | None) -> list[tuple[str, str]]:
        """Return the words that are known, each with its cures: those that stand beside it, where the two are taken together."""
        if isinstance(what, ast.Name) and isinstance(maybe, ast.Name):
            first, second = self.bound(what), self.bound(maybe)
            if first and [id(value) for _, _, value in first] == [id(value) for _, _, value in second]:
                return [
                    pair
                    for (at, reader, value), (cure_at, _, _) in zip(first, second, strict=True)
                    if at is not None and cure_at is not None
                    for within, held in reader.tuples(value, deep=1)
                    for pair in within.pairs(held.elts[at], held.elts[cure_at])
                ]
        if isinstance(what, ast.IfExp) and isinstance(maybe, ast.IfExp) and ast.dump(what.test) == ast.dump(maybe.test):
            return [*self.pairs(what.body, maybe.body), *self.pairs(what.orelse, maybe.orelse)]
        words, cures = self.known(what), self.known(maybe)
        if len(words) == len(cures) > 1:
            return list(zip(words, cures, strict=True))
        return [(each, " / ".join(cures)) for each in words]

    def texts(self, expression: ast.expr | None, *, part: int | None = None, deep: int = 0) -> list[str]:
        """Return the texts that an expression may hold, or that one part of it may, each once; dots where it may hold others."""
        if expression is None or deep > DEEPEST:
            return [DOTS]
        found = [DOTS]
        if isinstance(expression, ast.Constant):
            found = [expression.value] if isinstance(expression.value, str) else [] if expression.value is None else [DOTS]
        elif isinstance(expression, ast.JoinedStr):
            found = self._joined([self._piece(piece, deep=deep + 1) for piece in expression.values])
        elif isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
            found = self._joined([self.texts(side, deep=deep + 1) for side in (expression.left, expression.right)])
        elif isinstance(expression, ast.IfExp):
            found = [text for side in (expression.body, expression.orelse) for text in self.texts(side, part=part, deep=deep + 1)]
        elif isinstance(expression, ast.BoolOp):
            found = [text for side in expression.values for text in self.texts(side, part=part, deep=deep + 1)]
        elif isinstance(expression, ast.Tuple | ast.List):
            chosen = expression.elts if part is None else expression.elts[part : part + 1]
            found = [text for each in chosen for text in self.texts(each, deep=deep + 1)]
        elif isinstance(expression, ast.Dict):
            found = [text for each in expression.values for text in self.texts(each, part=part, deep=deep + 1)]
        elif isinstance(expression, ast.Subscript) and isinstance(expression.slice, ast.Slice):
            ends = ast.unparse(expression.slice) == ":-1"
            found = [text[:-1] for text in self.texts(expression.value, deep=deep + 1) if text != DOTS] if ends else [DOTS]
        elif isinstance(expression, ast.Subscript):
            at = expression.slice.value if isinstance(expression.slice, ast.Constant) else None
            found = self.texts(expression.value, part=at if isinstance(at, int) else part, deep=deep + 1)
        elif isinstance(expression, ast.Name):
            found = self._named(expression, part=part, deep=deep + 1)
        elif isinstance(expression, ast.Call):
            found = self._returned(expression, part=part, deep=deep + 1)
        return list(dict.fromkeys(found))

    def _piece(self, piece: ast.expr, *, deep: int) -> list[str]:
        """Ways of saying one piece of an f-string."""
        if not isinstance(piece, ast.FormattedValue):
            return self.texts(piece, deep=deep)
        if piece.format_spec is not None or piece.conversion != -1:
            return [DOTS]
        return self.texts(piece.value, deep=deep)

    def _joined(self, pieces: list[list[str]]) -> list[str]:
        """Texts of pieces that follow each other. A piece that may be said in many ways, or that is not known, is dots."""
        ways = [each if len(each) <= MOST_WAYS and all(_is_known(way) for way in each) else [DOTS] for each in pieces]
        return [re.sub(f"{DOTS}+", DOTS, "".join(chosen)) for chosen in product(*(each or [DOTS] for each in ways))]

    def _named(self, name: ast.Name, *, part: int | None, deep: int) -> list[str]:
        bound = self.bound(name)
        if bound:
            return [
                text for at, reader, value in bound for text in reader.texts(value, part=part if at is None else at, deep=deep)
            ]
        if name.id in _parameters(self.function):
            return [DOTS]
        constant = self._constant(name)
        return [DOTS] if isinstance(constant, ast.Name) else self.texts(constant, part=part, deep=deep)

    def bound(self, name: ast.Name) -> list[tuple[int | None, "Reader", ast.expr]]:
        """Return what a name may hold where it stands: of which value it is the whole or a part, and who can read that value."""
        found: list[tuple[int | None, Reader, ast.expr]] = []
        for target, value, is_loop in reaching(self.function.body, name):
            sources = self.each(value, deep=1) if is_loop else [(self, value)]
            at = None
            if isinstance(target, ast.Tuple):
                at = next(place for place, inner in enumerate(target.elts) if name.id in _names(inner))
            found += [(at, reader, each) for reader, each in sources]
        return found

    def tuples(self, value: ast.expr, *, deep: int) -> list[tuple["Reader", ast.Tuple]]:
        """Return the tuples that an expression may be, each with who can read it."""
        if isinstance(value, ast.Tuple):
            return [(self, value)]
        if deep > DEEPEST:
            return []
        if isinstance(value, ast.IfExp):
            return [found for side in (value.body, value.orelse) for found in self.tuples(side, deep=deep + 1)]
        if isinstance(value, ast.Name):
            return [
                found for at, reader, each in self.bound(value) if at is None for found in reader.tuples(each, deep=deep + 1)
            ]
        within = self._called(value) if isinstance(value, ast.Call) else None
        returned = within.returned() if within is not None else []
        return [found for each in returned for found in within.tuples(each, deep=deep + 1)] if within is not None else []

    def returned(self) -> list[ast.expr]:
        """Return what the function returns."""
        return [node.value for node in ast.walk(self.function) if isinstance(node, ast.Return) and node.value is not None]

    def each(self, value: ast.expr, *, deep: int) -> list[tuple["Reader", ast.expr]]:
        """Return what a loop goes through, where it is written out, each with who can read it."""
        if deep > DEEPEST:
            return []
        if isinstance(value, ast.Tuple | ast.List):
            return [(self, each) for each in value.elts]
        if isinstance(value, ast.Name):
            return self._gathered(value.id, deep=deep + 1)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "items":
            table = self._constant(value.func.value)
            pairs = zip(table.keys, table.values, strict=True) if isinstance(table, ast.Dict) else ()
            return [(self, ast.Tuple([key, each])) for key, each in pairs if key is not None]
        if isinstance(value, ast.Call) and (within := self._called(value)) is not None:
            nodes = list(ast.walk(within.function))
            yielded = [(within, node.value) for node in nodes if isinstance(node, ast.Yield) and node.value is not None]
            handed = [node.value for node in nodes if isinstance(node, ast.YieldFrom | ast.Return) and node.value is not None]
            return yielded + [found for each in handed for found in within.each(each, deep=deep + 1)]
        return []

    def _gathered(self, name: str, *, deep: int) -> list[tuple["Reader", ast.expr]]:
        """What a list of the function holds, or one of the module."""
        found: list[tuple[Reader, ast.expr]] = []
        for node in ast.walk(self.function):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                    found += self.each(node.value, deep=deep)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == f"{name}.append":
                found.append((self, node.args[0]))
        constant = self._constant(ast.Name(name))
        return found or ([] if isinstance(constant, ast.Name) else self.each(constant, deep=deep))

    def _constant(self, value: ast.expr) -> ast.expr:
        """What a name of a module stands for; any other expression as it is."""
        if not isinstance(value, ast.Name):
            return value
        home, own = self.code.origin(self.module.name, value.id)
        module = self.code.module(home)
        return module.constants.get(own, value) if module is not None else value

    def _called(self, call: ast.Call) -> "Reader | None":
        """Who can read the function of the package that is called."""
        if not isinstance(call.func, ast.Name):
            return None
        home, name = self.code.origin(self.module.name, call.func.id)
        module = self.code.module(home)
        return None if module is None or name not in module.functions else Reader(self.code, module, module.functions[name])

    def _returned(self, call: ast.Call, *, part: int | None, deep: int) -> list[str]:
        """Texts that a function of the package returns, or that a table holds that is asked by `get`."""
        if isinstance(call.func, ast.Attribute) and call.func.attr == "get":
            return self.texts(call.func.value, part=part, deep=deep)
        within = self._called(call)
        if within is None:
            return [DOTS]
        return [text for value in within.returned() for text in within.texts(value, part=part, deep=deep)]


def _is_known(text: str) -> bool:
    """Whether there is more in a text than dots and the ending of a plural; a value in quotation marks is said so."""
    return DOTS not in text or text == f"'{DOTS}'" or len(re.findall(r"\w", text)) > len("s")


def argument(call: ast.Call, names: list[str], name: str) -> ast.expr | None:
    """Return what a call gives for a parameter."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    at = names.index(name) if name in names else len(call.args)
    return call.args[at] if at < len(call.args) else None


def _names(expression: ast.expr | None) -> set[str]:
    return {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)} if expression is not None else set()


def _parameters(function: Function) -> list[str]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _assigned(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Targets of a statement with what they are given."""
    if isinstance(node, ast.Assign):
        return [(target, node.value) for target in node.targets]
    if isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        return [(node.target, node.value)]
    return []


Given = tuple[ast.expr, ast.expr, bool]
"""A target, what it is given, and whether it is given one after the other of what that holds."""


def reaching(statements: list[ast.stmt], name: ast.Name) -> list[Given]:
    """Return what may have been given to a name last before it is read, in the function whose statements these are."""
    return _before(statements, name, [])


def _before(statements: list[ast.stmt], name: ast.Name, given: list[Given]) -> list[Given]:
    for statement in statements:
        if _holds(statement, name):
            given = [*_within(statement, name)] or given
            inner = [block for block in _blocks(statement) if any(_holds(each, name) for each in block)]
            return _before(inner[0], name, given) if inner else given
        given = _after(statement, name, given)
    return given


def _after(statement: ast.stmt, name: ast.Name, given: list[Given]) -> list[Given]:
    """What the name may hold after a statement; nothing, if the statement leaves the block."""
    if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return []
    blocks = _blocks(statement)
    if not blocks:
        return [(target, value, False) for target, value in _assigned(statement) if name.id in _names(target)] or given
    told = list(_within(statement, name, whole=False)) or given
    ends = []
    for block in blocks:
        end, over = told, False
        for each in block:
            end = _after(each, name, end)
            over = over or isinstance(each, ast.Return | ast.Raise | ast.Continue | ast.Break)
        ends += [] if over else end
    may_be_passed = not isinstance(statement, ast.With) and not (isinstance(statement, ast.If | ast.Try) and len(blocks) > 1)
    return _once([*ends, *(told if may_be_passed else [])])


def _within(statement: ast.stmt, name: ast.Name, *, whole: bool = True) -> Iterator[Given]:
    """What the head of a statement gives to the name: a loop to what it goes through, a test to what it names."""
    if isinstance(statement, ast.For) and name.id in _names(statement.target):
        yield statement.target, statement.iter, True
    elif whole or isinstance(statement, ast.If | ast.While):
        heads = [statement] if not _blocks(statement) else [getattr(statement, "test", None)]
        for node in (each for head in heads if head is not None for each in ast.walk(head)):
            if isinstance(node, ast.comprehension) and name.id in _names(node.target):
                yield node.target, node.iter, True
            elif isinstance(node, ast.NamedExpr) and node.target.id == name.id:
                yield node.target, node.value, False


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Blocks of a compound statement."""
    parts = [getattr(statement, part, []) for part in ("body", "orelse", "finalbody")]
    if isinstance(statement, ast.Try):
        parts += [handler.body for handler in statement.handlers]
    if isinstance(statement, ast.Match):
        parts += [case.body for case in statement.cases]
    return [part for part in parts if part]


def _holds(statement: ast.stmt, name: ast.Name) -> bool:
    """Whether the name is read in the lines of a statement."""
    at = getattr(name, "lineno", 0)
    return statement.lineno <= at <= (statement.end_lineno or statement.lineno)


def _once(given: list[Given]) -> list[Given]:
    return list({(id(target), id(value)): (target, value, is_loop) for target, value, is_loop in given}.values())

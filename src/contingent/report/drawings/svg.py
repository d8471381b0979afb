"""SVG elements as text that cannot break out of its place: every attribute and every word is escaped."""

from collections.abc import Iterable

from markupsafe import Markup, escape

Attribute = str | int | float | None


def element(name: str, *content: str, **attributes: Attribute) -> Markup:
    """Return an element. Underscores in names of attributes become hyphens (``class_`` is class); None leaves one out.

    Examples
    --------
    >>> print(element("text", "<b>", x=1.50, class_="a"))
    <text x="1.5" class="a">&lt;b&gt;</text>
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_text(value)}"' for key, value in attributes.items() if value is not None
    )
    inner = "".join(escape(part) for part in content)
    return Markup(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")  # noqa: S704 (all parts are escaped above)


def group(parts: Iterable[Markup]) -> Markup:
    """Return elements one after the other."""
    return Markup("").join(parts)


def picture(
    *content: Markup, width: float, height: float, label: str | None, class_: str, stretches: bool = False
) -> Markup:
    """Return an SVG picture with the label that stands for it; without a label it is decoration.

    One that stretches fills the width that its place gives it and keeps its height.
    """
    return element(
        "svg",
        *content,
        class_=class_,
        width=width,
        height=height,
        viewBox=f"0 0 {_text(width)} {_text(height)}",
        preserveAspectRatio="none" if stretches else None,
        role="img" if label else None,
        aria_label=label,
        aria_hidden=None if label else "true",
    )


def _text(value: Attribute) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value) if isinstance(value, int) else escape(value)

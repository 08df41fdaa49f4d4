"""Migrations that do not write every model anew for each model that is added.

While it migrates, Django keeps a rendered class of every model as of each step. For a model that is
added or changed it renders all that are connected to it, which here are all, and so it does for an
index or a constraint: on an empty database nine tenths of the time. PostgreSQL needs none of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ModelState, ProjectState


@contextmanager
def sparing_states() -> Iterator[None]:
    """Until it ends, a model is rendered when it is added or its fields change, and only then.

    Where Python is to run on the data, Django renders all models anew first (`is_delayed`).
    """
    as_it_is = {name: getattr(ProjectState, name) for name in _SPARING}
    for name, method in _SPARING.items():
        setattr(ProjectState, name, method)
    try:
        yield
    finally:
        for name, method in as_it_is.items():
            setattr(ProjectState, name, method)


def _add_model(state: ProjectState, model_state: ModelState) -> None:
    """A new model is connected to those it refers to when its class is made, as in any start."""
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:  # asking for the property would render them all
        state.apps.render_multiple([model_state])


def _reload_model(
    state: ProjectState, app_label: str, model_name: str, delay: bool = False
) -> None:
    """A change of fields is written from the model itself; what refers to it keeps its table."""
    state.is_delayed = True
    if "apps" in state.__dict__:
        state.apps.unregister_model(app_label, model_name)
        state.apps.render_multiple([state.models[app_label, model_name]])


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, obj: Any
) -> None:
    """An index or constraint is written from itself, whatever the rendered class knows of it."""
    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], obj]


def _remove_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, obj_name: str
) -> None:
    options = state.models[app_label, model_name].options
    options[option_name] = [obj for obj in options[option_name] if obj.name != obj_name]


_SPARING = {
    "add_model": _add_model,
    "reload_model": _reload_model,
    "_append_option": _append_option,
    "_remove_option": _remove_option,
}

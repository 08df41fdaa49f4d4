"""The two page classes and the small pieces that every page function uses."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import InvalidPage
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.views.generic import DetailView
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin
from django_tables2.paginators import LazyPaginator

from hoofdaannemer.core import export
from hoofdaannemer.core.errors import DomainError, NotAllowedError
from hoofdaannemer.core.filters import FilterSet
from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.tables import in_total_order

View = Callable[..., HttpResponseBase]

ROWS_A_PAGE = 25
HIGHEST_COUNT = 1000  # an exact count of a long list costs as much as the page itself
HIGHEST_PAGE = 100_000  # beyond it the offset leaves the range of the database's integers


class ScopedRequest(HttpRequest):
    """A request as the middleware leaves it: with the scope one acts in. For annotations only."""

    scope: Scope
    user: Any


@dataclass(frozen=True)
class Action:
    """A button or link of a page: a verb with its object, and where it leads."""

    label: str | Promise
    url: str
    kind: str = "primary"


@contextmanager
def shown_refusals(request: HttpRequest) -> Iterator[None]:
    """Show what a service refused as a message; what the role may not do at all stays a 403."""
    try:
        yield
    except NotAllowedError as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except DomainError as refusal:
        messages.error(request, str(refusal))


def allowed(check: Callable[..., object], *args: object, **kwargs: object) -> bool:
    """True when the policy does not refuse, so that a button asks what the service asks."""
    try:
        check(*args, **kwargs)
    except (DomainError, NotAllowedError):
        return False
    return True


def asked_or_refused(
    context: dict[str, Any], check: Callable[..., object], *args: object
) -> dict[str, Any]:
    """What `generic/confirm.html` shows: the question, or where `check` refuses it, why.

    Then without a form and what it would do: only the reason, and the way back.
    """
    try:
        check(*args)
    except DomainError as refusal:
        return {**context, "nothing": str(refusal), "consequences": [], "form": None}
    return context


def form_page(
    request: HttpRequest,
    *,
    title: str,
    form: BaseForm,
    submit_label: str,
    above: Sequence[tuple[str, str]],
    next_text: str = "",
) -> HttpResponse:
    """A form on a page of its own; the last of the pages above it is the way back."""
    context = {
        "title": title,
        "form": form,
        "submit_label": submit_label,
        "cancel_url": above[-1][1],
        "next_text": next_text,
        "breadcrumbs": above,
    }
    return render(request, "generic/form.html", context)


def check_role(request: HttpRequest, permitted: frozenset[Role]) -> HttpResponseBase | None:
    """The login redirect for a stranger, None for a permitted role.

    Raises PermissionDenied for any other role.
    """
    user = getattr(request, "user", None)
    scope = getattr(request, "scope", None)
    if user is None or not user.is_authenticated or scope is None:
        return redirect_to_login(request.get_full_path())
    if scope.role not in permitted:
        raise PermissionDenied
    return None


def roles(*permitted: Role) -> Callable[[View], View]:
    """Decorator for page functions: login first, then 403 for a role that is not named.

    The names stay readable as `view.roles`, from which the access matrix is made.
    """
    names = frozenset(permitted)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = check_role(request, names) or view(request, *args, **kwargs)
            patch_cache_control(response, private=True, no_store=True)
            return response

        guarded.roles = names  # type: ignore[attr-defined]
        return guarded

    return decorate


class ListPage(SingleTableMixin, FilterView):
    """A list: filtered by the address, 25 rows a page, exported as shown.

    Rows come from `model.objects.visible_to(request.scope)`. See docs/pages.md for the attributes.
    """

    request: ScopedRequest
    model: type[Model]
    roles: ClassVar[frozenset[Role]] = frozenset()
    related: ClassVar[Sequence[str]] = ()
    prefetched: ClassVar[Sequence[str]] = ()
    title: ClassVar[str | Promise] = ""
    lead: ClassVar[str | Promise] = ""
    empty_title: ClassVar[str | Promise] = ""
    empty_text: ClassVar[str | Promise] = ""
    export_name: ClassVar[str] = ""
    exportable: ClassVar[bool] = True
    template_name = "generic/list.html"
    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _guarded(self, super().dispatch, request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = request.GET.get("_export")
        if kind is not None and self.exportable:
            return self.exported(kind)
        page: HttpResponseBase = super().get(request, *args, **kwargs)
        return page

    def get_queryset(self) -> QuerySet[Any]:
        """What this scope may see, joined and in a total order. Narrow it in `narrowed`."""
        return in_total_order(self.narrowed(_visible(self)))

    def get_filterset_class(self) -> type[FilterSet]:
        """Without a filter of its own a list has none; the library would offer every field."""
        return self.filterset_class or FilterSet

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """This page's rows among the visible ones, with annotations; all of them by default."""
        return rows

    def get_title(self) -> str:
        return str(self.title or self.model._meta.verbose_name_plural)

    def primary(self) -> Action | None:
        """The page's one main action, or None where this scope may not do it."""
        return None

    def breadcrumbs(self) -> Sequence[tuple[str, str]]:
        """Label and address of the pages above this one; empty on the first level."""
        return ()

    def log_view(self, rows: Sequence[Any]) -> None:
        """Write the access log for the rows shown; for lists that show clients."""

    def log_export(self, rows: QuerySet[Any], kind: str) -> None:
        """Write the access log for an export; for lists that show clients."""

    def filed(self, table: Any) -> tuple[export.Rows, Sequence[export.Column]]:
        """Rows and columns of the file; for pages that show more beside their list."""
        return table.data.data, export.columns_of(table)

    def get_table(self, **kwargs: Any) -> Any:
        """The table, sorted and paged by the address; the page size is ours, not the address's."""
        table = self._sorted_table(**kwargs)
        number = _page_number(self.request.GET.get(table.prefixed_page_field, "1"))
        try:
            table.paginate(LazyPaginator, per_page=ROWS_A_PAGE, page=number)
        except InvalidPage:
            table.paginate(LazyPaginator, per_page=ROWS_A_PAGE, page=1)
        return table

    def _sorted_table(self, **kwargs: Any) -> Any:
        table = self.get_table_class()(data=self.object_list, request=self.request, **kwargs)
        if asked := self.request.GET.getlist(table.prefixed_order_by_field):
            table.order_by = asked
        return table

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        shown = [row.record for row in context["table"].paginated_rows]
        self.log_view(shown)
        found = self.object_list.order_by()[: HIGHEST_COUNT + 1].count() if shown else 0
        context.update(
            title=self.get_title(),
            lead=self.lead,
            primary=self.primary(),
            breadcrumbs=self.breadcrumbs(),
            count=min(found, HIGHEST_COUNT),
            more_than_counted=found > HIGHEST_COUNT,
            filtered=bool(self.filterset.chips()),
            invalid=self.filterset.is_bound and not self.filterset.is_valid(),
            exportable=self.exportable and bool(shown),
            empty_title=self.empty_title,
            empty_text=self.empty_text,
        )
        return context

    def exported(self, kind: str) -> HttpResponseBase:
        """The rows of this page with its filter and order, all pages of them, as a file."""
        if kind not in export.KINDS:
            raise Http404
        filterset = self.get_filterset(self.get_filterset_class())
        valid = filterset.is_valid() or not filterset.is_bound
        self.object_list = filterset.qs if valid else filterset.queryset.none()
        # With the columns of the screen: what a role may not see there, it does not get here.
        table = self._sorted_table(**self.get_table_kwargs())
        self.log_export(table.data.data, kind)
        rows, columns = self.filed(table)
        return export.stream(
            self.request.scope,
            rows,
            columns,
            kind=kind,
            name=self.export_name or self.model._meta.model_name or "export",
        )


class DetailPage(DetailView):  # type: ignore[type-arg]  # it takes none at run time
    """One row: 404 unless this scope may see it, 403 for a role that never reads the kind."""

    request: ScopedRequest
    model: type[Model]
    roles: ClassVar[frozenset[Role]] = frozenset()
    related: ClassVar[Sequence[str]] = ()
    prefetched: ClassVar[Sequence[str]] = ()
    purpose: ClassVar[str] = ""
    template_name = "generic/detail.html"
    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _guarded(self, super().dispatch, request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        return _visible(self)

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        found = super().get_object(queryset)
        self.log_view(found)
        return found

    def log_view(self, row: Any) -> None:
        """Write the access log with `self.purpose`; for pages about a client."""

    def get_title(self) -> str:
        return str(self.object)

    def breadcrumbs(self) -> Sequence[tuple[str, str]]:
        """Label and address of the pages above this one."""
        return ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=self.get_title(), breadcrumbs=self.breadcrumbs(), **kwargs
        )


def _guarded(
    page: ListPage | DetailPage, handle: View, request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    response = check_role(request, page.roles) or handle(request, *args, **kwargs)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _visible(page: ListPage | DetailPage) -> QuerySet[Any]:
    manager: Any = page.model._default_manager
    rows: QuerySet[Any] = manager.visible_to(page.request.scope)
    rows = rows.select_related(*page.related) if page.related else rows
    return rows.prefetch_related(*page.prefetched) if page.prefetched else rows


def _page_number(text: str) -> int:
    """A page number from the address; anything that is not one is the first page."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
    return number if 1 <= number <= HIGHEST_PAGE else 1

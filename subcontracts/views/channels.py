"""How messages travel to each municipality and subcontractor, and choosing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from hoofdaannemer.core.pages import ScopedRequest, form_page, roles, shown_refusals
from hoofdaannemer.core.templatetags.core_format import moment_nl
from messaging.exchange.policies import WAY_CHOOSERS
from messaging.exchange.services import channels as services
from messaging.models import Channel, Leg
from subcontracts.channel_forms import ChannelForm
from subcontracts.selectors.channels import Way, main_contractor_of, way_to, ways

_CHOOSE = {Leg.UP: "channel_up_choose", Leg.DOWN: "channel_down_choose"}
_WAY = Channel.Transport


@roles(*sorted(WAY_CHOOSERS))
@require_GET
def channel_list(request: ScopedRequest) -> HttpResponse:
    """Each party with its way, what waits under it and what failed."""
    found = ways(request.scope)
    headers = [_("Party"), _("Way"), _("Waits"), _("Needs attention"), _("Action")]
    context = {
        "title": _("Ways of messages"),
        "lead": _("How messages reach each municipality and subcontractor, and what waits."),
        "headers": headers,
        "parts": [
            (caption, [_row(one) for one in found if one.leg == leg])
            for caption, leg in ((_("Municipalities"), Leg.UP), (_("Subcontractors"), Leg.DOWN))
        ],
        "is_empty": not found,
    }
    return render(request, "subcontracts/channel_list.html", context)


def _row(one: Way) -> tuple[str, str, str, str, str]:
    way = str(one.transport.label)
    if not one.is_chosen:
        way = _("%(way)s (usual)") % {"way": way}
    choose = format_html(
        '<a class="ha-link" href="{}" aria-label="{}">{}</a>',
        reverse(_CHOOSE[one.leg], args=[one.pk]),
        _("Choose the way to %(party)s") % {"party": one.name},
        _("Choose the way"),
    )
    return (one.name, way, _waiting(one), str(one.queue.failed or "–"), choose)


def _waiting(one: Way) -> str:
    if not one.queue.waiting or one.queue.since is None:
        return "–"
    return ngettext(
        "%(count)s message, since %(moment)s",
        "%(count)s messages, since %(moment)s",
        one.queue.waiting,
    ) % {"count": one.queue.waiting, "moment": moment_nl(one.queue.since)}


@roles(*sorted(WAY_CHOOSERS))
@require_http_methods(["GET", "HEAD", "POST"])
def channel_up(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose how messages travel to a municipality."""
    return _choose(request, Leg.UP, pk)


@roles(*sorted(WAY_CHOOSERS))
@require_http_methods(["GET", "HEAD", "POST"])
def channel_down(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose how messages travel to a subcontractor."""
    return _choose(request, Leg.DOWN, pk)


def _choose(request: ScopedRequest, leg: Leg, pk: int) -> HttpResponse:
    way = way_to(request.scope, leg, pk)
    if way is None:
        raise Http404
    possible = services.ways_to(main_contractor_of(request.scope).organisation.kvk, leg)
    form = ChannelForm(
        request.POST or None,
        ways=possible,
        scope=request.scope,
        initial={"transport": way.transport.value},
    )
    if request.method == "POST" and form.is_valid():
        if form.chosen == way.transport:
            messages.info(request, _("Messages travel this way already. Nothing changed."))
            return redirect("channel_list")
        if "confirmed" not in request.POST:
            return _confirm(request, way, form.chosen, possible)
        with shown_refusals(request):
            services.choose_transport(
                scope=request.scope,
                main_contractor_id=request.scope.main_contractor_id,
                party=way.party,
                transport=form.chosen,
            )
            messages.success(
                request,
                _("From now on messages to %(party)s travel by: %(way)s.")
                % {"party": way.name, "way": form.chosen.label},
            )
        return redirect("channel_list")
    return form_page(
        request,
        title=_("Choose the way to %(party)s") % {"party": way.name},
        form=form,
        submit_label=_("Show what follows"),
        above=_above(),
        next_text=_("On the next page you read what becomes of what waits, and confirm."),
    )


def _above() -> list[tuple[str, str]]:
    return [(_("Ways of messages"), reverse("channel_list"))]


def _confirm(
    request: ScopedRequest, way: Way, chosen: Channel.Transport, possible: list[Channel.Transport]
) -> HttpResponse:
    context = {
        "title": _("Let messages to %(party)s travel by %(way)s?")
        % {"party": way.name, "way": chosen.label},
        "consequences": [
            _needed(request, way, chosen),
            *_of_what_waits(way, chosen),
            _("What arrived already stays where it is. You can choose another way at any time."),
        ],
        "form": ChannelForm(request.POST, ways=possible, hidden=True, scope=request.scope),
        "submit_label": _("Choose this way"),
        "cancel_url": reverse("channel_list"),
        "breadcrumbs": _above(),
    }
    return render(request, "generic/confirm_filled_in.html", context)


def _needed(request: ScopedRequest, way: Way, chosen: Channel.Transport) -> str:
    """What the other side needs for it."""
    if chosen == _WAY.MAILBOX and way.leg == Leg.UP:
        return _(
            "The municipality's software fetches them with a key. Ask who runs this site for one"
            " (the command municipal_key)."
        )
    if chosen == _WAY.MAILBOX:
        return _("Its software fetches them with a key, which its administrator makes here.")
    if chosen == _WAY.FOLDER:
        kvk = main_contractor_of(request.scope).organisation.kvk
        return _("They become files in the folder %(folder)s.") % {
            "folder": f"out/{kvk}/{way.code}/"
        }
    if chosen == _WAY.PORTAL:
        return _("Its people read them on their own pages; its software gets nothing any more.")
    return _("They go by the hub, over the connection that who runs this site set up.")


def _of_what_waits(way: Way, chosen: Channel.Transport) -> list[str]:
    lines = []
    if count := way.queue.waiting:
        if chosen == _WAY.PORTAL:
            told = ngettext(
                "%(count)s message that waits counts as delivered: it stands in the portal.",
                "%(count)s messages that wait count as delivered: they stand in the portal.",
                count,
            )
        elif chosen == _WAY.MAILBOX:
            told = ngettext(
                "%(count)s message that waits is put in the mailbox, until it is fetched.",
                "%(count)s messages that wait are put in the mailbox, until they are fetched.",
                count,
            )
        else:
            told = ngettext(
                "%(count)s message that waits goes out the new way at once.",
                "%(count)s messages that wait go out the new way at once.",
                count,
            )
        lines.append(told % {"count": count})
    else:
        lines.append(_("Nothing waits under the old way."))
    if failed := way.queue.failed:
        lines.append(
            ngettext(
                "%(count)s message that failed waits for a person; sent again it goes the new way.",
                "%(count)s messages that failed wait for a person; sent again they go the new way.",
                failed,
            )
            % {"count": failed}
        )
    return lines

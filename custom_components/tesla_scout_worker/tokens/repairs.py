"""Repairs about the sign-in of an account."""

from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, Door

# Why an account is signed out: the token server refused the refresh token, although it
# was renewed within a day or not, or the API rejects new access tokens.
REFUSED: Final = "refused"
USED_ELSEWHERE: Final = "used_elsewhere"
REJECTED: Final = "rejected"

REFUSED_ISSUE: Final = "signed_out_refused"
USED_ELSEWHERE_ISSUE: Final = "signed_out_used_elsewhere"
NO_TOKEN_ISSUE: Final = "no_token"
NO_TOKEN_SILENT_ISSUE: Final = "no_token_silent"


def signed_out_issue_id(entry: ConfigEntry[Any]) -> str:
    """Return the id of the repair that asks the user of an entry to sign in."""
    return f"signed_out_{entry.entry_id}"


def no_token_issue_id(entry: ConfigEntry[Any]) -> str:
    """Return the id of the repair for an entry that gets no token."""
    return f"no_token_{entry.entry_id}"


@callback
def show_signed_out(
    hass: HomeAssistant, entry: ConfigEntry[Any], reason: str | None
) -> None:
    """Show why to sign in again; a reason of None removes the repair."""
    issue_id = signed_out_issue_id(entry)
    if reason is None:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    elif reason == USED_ELSEWHERE:
        _show(hass, entry, issue_id, USED_ELSEWHERE_ISSUE)
    else:
        _show(hass, entry, issue_id, REFUSED_ISSUE)


@callback
def show_no_token(
    hass: HomeAssistant, entry: ConfigEntry[Any], words: str | None
) -> None:
    """Show that Tesla gives no token, in its words if there are any."""
    key = NO_TOKEN_ISSUE if words else NO_TOKEN_SILENT_ISSUE
    _show(hass, entry, no_token_issue_id(entry), key, words or "")


@callback
def hide_no_token(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Remove the repair about a missing token."""
    ir.async_delete_issue(hass, DOMAIN, no_token_issue_id(entry))


@callback
def close_reauth(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Close the flows that ask to sign in: the stored sign-in works again."""
    for flow in tuple(entry.async_get_active_flows(hass, {SOURCE_REAUTH})):
        hass.config_entries.flow.async_abort(flow["flow_id"])


def _show(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    issue_id: str,
    key: str,
    reason: str = "",
) -> None:
    """Show a repair."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=True,
        data={"entry_id": entry.entry_id, "door": Door.SIGN_IN.value},
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={"account": entry.title, "reason": reason},
    )

/** What needs a person, in words, with the button that helps. */

import { html, nothing } from "lit";
import { call, type CarContext } from "./car-context";
import { DOMAIN, SETTINGS, navigate, reasonText } from "./hass";
import type { Key } from "./i18n";
import { problemText } from "./sentences";
import type { Problem } from "./types";

const FIXES: Record<string, Key> = {
  shadow: "fix_shadow",
  off: "fix_off",
  no_prices: "fix_options",
  budget_essential: "fix_options",
  budget_stopped: "fix_options",
};

export function problems(context: CarContext): unknown {
  const { view, format, hass, now } = context;
  const reason = (key: string) => reasonText(hass, key);
  const shown = view.problems
    .map((problem) => ({
      problem,
      text: problemText(problem, format, now, hass.localize, DOMAIN, reason),
    }))
    .filter((item): item is { problem: Problem; text: string } => item.text !== null);
  if (!shown.length && view.verdict.key !== "not_loaded") return nothing;
  return html`<ul class="problems" role="list">
    ${shown.map(
      ({ problem, text }) => html`<li><span>${text}</span>${remedy(context, problem)}</li>`,
    )}
    ${
      view.verdict.key === "not_loaded" && !shown.length
        ? html`<li><span></span>${door(context, "fix_devices", SETTINGS)}</li>`
        : nothing
    }
  </ul>`;
}

/** The button that helps with a problem, for those who may press it. */
function remedy(context: CarContext, problem: Problem): unknown {
  const { view, busy, t } = context;
  if (problem.kind === "repair") {
    return problem.key.startsWith("signed_out")
      ? door(context, "fix_sign_in", SETTINGS)
      : door(context, "fix_repair", "/config/repairs");
  }
  const fix = FIXES[problem.key];
  if (fix === undefined) return nothing;
  if (fix === "fix_options") return door(context, fix, SETTINGS);
  const [key, service, back, done]: [string, string, string, Key] =
    problem.key === "shadow"
      ? ["shadow_mode", "turn_off", "turn_on", "done_shadow"]
      : ["off_peak_sync", "turn_on", "turn_off", "done_sync"];
  const entity_id = view.entities[key];
  if (!entity_id) return nothing;
  const turn = () =>
    context.act(async () => {
      await call(context, "switch", service, { entity_id });
      return { text: t(done), undo: () => call(context, "switch", back, { entity_id }) };
    });
  return html`<button class="act main" ?disabled=${busy} @click=${turn}>${t(fix)}</button>`;
}

/** A link to a page of the settings, which only administrators have. */
function door({ hass, t }: CarContext, key: Key, path: string): unknown {
  if (hass.user && !hass.user.is_admin) return nothing;
  return html`<button class="act main" @click=${() => navigate(path)}>${t(key)}</button>`;
}

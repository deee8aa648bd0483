/** What the card says in words. Pure: a view in, sentences out. */

import type { Format } from "./format";
import { isKey, translate, type Key } from "./i18n";
import type { Override, PlanView, Problem, Verdict } from "./types";

export type Translate = (key: Key, values?: Record<string, string | number>) => string;

export function translator(format: Format): Translate {
  return (key, values) => translate(format.language, key, values);
}

/** The verdict in one sentence. */
export function verdictSentence(verdict: Verdict, format: Format, now: Date): string {
  const t = translator(format);
  const values = {
    target: verdict.target === null ? "" : format.percent(verdict.target),
    level: verdict.level === null ? "" : format.percent(Math.floor(verdict.level)),
    ready_by: verdict.ready_by === null ? "" : format.when(new Date(verdict.ready_by), now),
    plug_in_by: verdict.plug_in_by === null ? "" : format.soon(new Date(verdict.plug_in_by), now),
    spare: verdict.spare === null ? "" : format.duration(verdict.spare * 60_000),
  };
  if (verdict.key === "on_track" && (verdict.spare ?? 0) < 1) return t("v_on_track_now", values);
  const due = verdict.plug_in_by === null ? Infinity : Date.parse(verdict.plug_in_by);
  if (verdict.key === "plug_in" && due - now.getTime() < 60_000) return t("v_plug_in_now", values);
  return t(`v_${verdict.key}`, values);
}

/** What the plan says beside the verdict: the last moment to begin, if that is later. */
export function lastMoment(verdict: Verdict, format: Format, now: Date): string | null {
  if (verdict.key !== "plug_in" || verdict.latest === null || verdict.plug_in_by === null) {
    return null;
  }
  const latest = new Date(verdict.latest);
  if (latest.getTime() - Date.parse(verdict.plug_in_by) < 300_000) return null;
  return translator(format)("latest", { latest: format.soon(latest, now) });
}

/** Windows as times: 02:00–04:20, then 05:00–06:00. */
export function windowsText(
  windows: { start: string; end: string }[],
  format: Format,
  now: Date,
): string {
  return windows
    .map(({ start, end }) => {
      const from = format.soon(new Date(start), now);
      return `${from}–${format.time(new Date(end))}`;
    })
    .join(", ");
}

/** What is weaker where Home Assistant times the charge; null without a window to come. */
export function timedSentence(
  windows: { start: string }[],
  timed: boolean,
  format: Format,
  now: Date,
): string | null {
  const next = windows.map(({ start }) => new Date(start)).find((start) => start > now);
  if (!timed || !next) return null;
  return translator(format)("timed", { at: format.soon(next, now) });
}

/** A problem in words; null for one that this version does not know. */
export function problemText(
  problem: Problem,
  format: Format,
  now: Date,
  localize: (key: string, values?: Record<string, string>) => string,
  domain: string,
  reason: (key: string) => string,
): string | null {
  if (problem.kind === "repair") {
    const key = `component.${domain}.issues.${problem.key}.title`;
    const text = localize(key, problem.placeholders);
    return text && text !== key ? text : null;
  }
  const key = `p_${problem.key}`;
  if (!isKey(key)) return null;
  const { target, ready_by, reason: code } = problem.placeholders;
  return translator(format)(key, {
    target: target ? format.percent(Number(target)) : "",
    ready_by: ready_by ? format.when(new Date(ready_by), now) : "",
    reason: waitText(code ?? "", format, reason),
  });
}

/** What a person said about the coming days. */
export function overrideText(said: Override, format: Format, now: Date): string {
  const since = new Date(said.since);
  const values = {
    target: said.target === null ? "" : format.percent(said.target),
    since: format.when(since, now),
    until: format.when(new Date(said.until), now),
    // The day begins at midnight where Home Assistant is.
    day: format.dayName(new Date(since.getTime() + 12 * 3_600_000), now),
  };
  const later = said.kind === "vacation" && since > now;
  return translator(format)(later ? "said_vacation_from" : `said_${said.kind}`, values);
}

/** Why something waits or failed. */
export function waitText(code: string, format: Format, reason: (key: string) => string): string {
  const key = `reason_${code || "unknown"}`;
  return isKey(key) ? translator(format)(key) : reason(code);
}

/** These explain nothing that another reason does not explain better. */
const MINOR = new Set(["guard", "plan_kept", "latest_hours"]);

/** Why a plan is as it is, in at most three sentences. */
export function reasonSentences(
  plan: Pick<PlanView, "reasons"> & Partial<Pick<PlanView, "saving">>,
  format: Format,
): string[] {
  const saving = plan.saving ?? 0;
  const major = plan.reasons.filter((reason) => !MINOR.has(reason));
  return (major.length ? major : plan.reasons)
    .slice(0, 3)
    .map((reason) => (reason === "prices_awaited" && saving ? "r_prices_cheaper" : `r_${reason}`))
    .filter(isKey)
    .map((key) => translator(format)(key, { saving: format.percent(saving) }));
}

/** What a plan saves against charging now; null if that is unknown, or nothing. */
export function savings(plan: PlanView): number | null {
  if (plan.cost === null || plan.cost_now === null) return null;
  const saved = plan.cost_now - plan.cost;
  return saved >= 0.01 ? saved : null;
}

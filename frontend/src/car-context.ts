/** What the parts of the car's card know of it, and what they may ask it to do. */

import type { Format } from "./format";
import { DOMAIN, type Hass } from "./hass";
import type { Translate } from "./sentences";
import type { CarView, Override, PlanView } from "./types";

/** What was done, and how it is undone; the undoing may have a sentence of its own. */
export interface Answer {
  text: string;
  undo?: () => Promise<string | void>;
}

/** What is asked before something is done that costs. */
export interface Question {
  text: string;
  yes?: string;
  act: () => Promise<Answer | undefined>;
  /** Another way to say yes. */
  other?: { text: string; act: () => Promise<Answer | undefined> };
}

/** The forms that open below the buttons. */
export type Form = "special" | "day" | "vacation";

export interface CarContext {
  readonly hass: Hass;
  readonly view: CarView;
  readonly format: Format;
  readonly t: Translate;
  readonly now: Date;
  readonly device: string | undefined;
  readonly compact: boolean;
  readonly busy: boolean;
  /** The form that is open. */
  readonly form: Form | undefined;
  /** The target while its slider is dragged. */
  readonly dragged: number | undefined;
  ask: (question: Question | undefined) => void;
  /** Ask this once the present question is answered. */
  askNext: (question: Question) => void;
  say: (answer: Answer) => void;
  act: (work: () => Promise<Answer | undefined>) => Promise<void>;
  open: (form: Form | undefined) => void;
  drag: (target: number | undefined) => void;
}

/** Call an action. */
export async function call(
  { hass }: CarContext,
  domain: string,
  service: string,
  data: Record<string, unknown>,
): Promise<void> {
  await hass.callService(domain, service, data, undefined, false);
}

/** Call an action of the car. */
export function callCar(
  context: CarContext,
  service: string,
  data: Record<string, unknown> = {},
): Promise<void> {
  return call(context, DOMAIN, service, { device_id: context.device, ...data });
}

interface Lost {
  target: number;
  until: string;
}

/** Cancel what was said; a sentence about what cannot be as before, if there is any. */
export async function takeBack(
  { hass, device, format, now, t }: CarContext,
  kind: string,
  date?: string,
): Promise<string | void> {
  const data = { device_id: device, override: kind, ...(date === undefined ? {} : { date }) };
  const answer = await hass.callService(DOMAIN, "cancel_override", data, undefined, false, true);
  const [lost] = (answer?.response?.["lost"] ?? []) as Lost[];
  if (!lost) return undefined;
  return t("undo_lost", {
    target: format.percent(lost.target),
    ready_by: format.when(new Date(lost.until), now),
  });
}

/** The date of an override for a day, as Home Assistant has it. */
export function dateOf({ since }: Pick<Override, "since">): string {
  // The day begins at midnight where Home Assistant is; its noon has the same date everywhere near.
  return new Date(Date.parse(since) + 12 * 3_600_000).toISOString().slice(0, 10);
}

/** Target and deadline of a plan, in words. */
export function valuesOf(plan: PlanView, { format, now }: CarContext): Record<string, string> {
  return {
    target: format.percent(plan.target),
    ready_by: format.when(new Date(plan.ready_by), now),
  };
}

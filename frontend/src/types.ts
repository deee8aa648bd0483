/** What the integration sends; the Python side is `frontend/car_view.py` and `account_view.py`. */

export type VerdictKey =
  | "away"
  | "failed"
  | "full"
  | "level_unknown"
  | "never_read"
  | "no_departure"
  | "no_home"
  | "no_prices"
  | "not_loaded"
  | "off"
  | "on_track"
  | "plug_in"
  | "preview"
  | "reached"
  | "short"
  | "signed_out"
  | "waits_for_prices";

export type Tone = "good" | "neutral" | "warning" | "bad";

export interface Verdict {
  key: VerdictKey;
  tone: Tone;
  target: number | null;
  ready_by: string | null;
  level: number | null;
  /** Minutes between the end of charging and the deadline. */
  spare: number | null;
  plug_in_by: string | null;
  latest: string | null;
}

export interface WindowView {
  start: string;
  end: string;
  level_from: number;
  level_to: number;
  energy: number;
  cost: number | null;
  cost_now: number | null;
  cost_late: number | null;
}

export interface PlanView {
  session_id: string | null;
  target: number;
  ready_by: string;
  state: string | null;
  cancellable: boolean;
  verdict: Verdict;
  windows: WindowView[];
  energy: number;
  cost: number | null;
  cost_now: number | null;
  reasons: string[];
  saving: number | null;
  waits_for: string | null;
  source: string | null;
  /** The title of its event in a calendar. */
  title: string | null;
}

/** What a person said about the coming days. */
export interface Override {
  kind: "skip" | "target" | "vacation";
  since: string;
  until: string;
  target: number | null;
}

export interface Problem {
  key: string;
  kind: "card" | "repair";
  placeholders: Record<string, string>;
}

export interface PriceBar {
  start: string;
  end: string;
  known: boolean;
  price: number | null;
  estimate: number | null;
  peak: boolean;
}

export interface LevelPoint {
  at: string;
  level: number;
}

export interface RanView {
  start: string;
  end: string;
  level_from: number;
  level_to: number;
  energy: number;
  cost: number | null;
}

export interface CarView {
  name: string;
  at: string;
  level: number | null;
  limit: number | null;
  plugged_in: boolean | null;
  at_home: boolean | null;
  charging: boolean | null;
  power: number | null;
  connectivity: string | null;
  seen_at: string | null;
  next_read_at: string | null;
  sync: boolean;
  shadow: boolean;
  timed: boolean;
  capacity: number | null;
  currency: string | null;
  /** What a read costs, in the currency of Tesla's bill; 0: it is free. */
  read_price: number;
  bill_currency: string;
  /** What charging to the limit from now on costs. */
  limit_cost: number | null;
  verdict: Verdict;
  problems: Problem[];
  plans: PlanView[];
  overrides: Override[];
  prices: PriceBar[];
  past: LevelPoint[];
  forecast: LevelPoint[];
  ran: RanView[];
  departure: string | null;
  entities: Record<string, string>;
}

export interface CarMonth {
  name: string;
  currency: string | null;
  energy: number;
  cost: number;
  on_arrival: number;
}

export interface AccountView {
  name: string;
  month: string | null;
  currency: string;
  cost: number;
  forecast: number | null;
  limit: number | null;
  stage: string | null;
  reads: number;
  commands: number;
  wakes: number;
  signed_out: boolean;
  next_reset: string | null;
  cars: CarMonth[];
}

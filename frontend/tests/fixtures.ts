/** Views as the integration sends them: recorded from it against the simulator. */

import { readFileSync } from "node:fs";
import type { Hass } from "../src/hass";
import type { AccountView, CarView, PlanView } from "../src/types";

function read<T>(name: string): T {
  return JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/${name}.json`, "utf8")) as T;
}

export const car = (name: string) => read<CarView>(name);
export const plan = (name: string) => read<PlanView>(name);
export const account = () => read<AccountView>("account");

export interface Calls {
  services: { domain: string; service: string; data: Record<string, unknown> | undefined }[];
  ws: Record<string, unknown>[];
}

/** A Home Assistant that sends one view, and keeps what it was asked for. */
export function house(view: unknown, changes: Partial<Hass> = {}): { hass: Hass; calls: Calls } {
  const calls: Calls = { services: [], ws: [] };
  const hass: Hass = {
    states: {
      "number.scout_target_level": { state: "80", attributes: { min: 50, max: 100 } },
      "time.scout_departure": { state: "07:00:00", attributes: {} },
    },
    entities: {
      "sensor.scout_battery": {
        entity_id: "sensor.scout_battery",
        device_id: "car",
        platform: "tesla_scout_worker",
      },
    },
    devices: { car: { id: "car", name: "Scout", name_by_user: null, entry_type: null } },
    services: { tesla_scout_worker: { scout_now: {} } },
    language: "en",
    locale: { language: "en", time_format: "24", time_zone: "server" },
    config: { time_zone: "Europe/Warsaw" },
    user: { is_admin: true },
    localize: () => "",
    callWS: async (message) => {
      calls.ws.push(message);
      return plan("preview") as never;
    },
    callService: async (domain, service, data) => {
      calls.services.push({ domain, service, data });
      return { response: { session_id: "special_1" } };
    },
    connection: {
      subscribeMessage: async (callback) => {
        callback(view as never);
        return async () => undefined;
      },
    },
    ...changes,
  };
  return { hass, calls };
}

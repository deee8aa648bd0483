/** The part of Home Assistant's frontend that the cards use. */

export const DOMAIN = "tesla_scout_worker";

export interface HassEntity {
  state: string;
  attributes: Record<string, unknown>;
}

export interface HassDevice {
  id: string;
  name: string | null;
  name_by_user: string | null;
  entry_type: string | null;
}

export interface HassRegistryEntity {
  entity_id: string;
  device_id?: string;
  platform?: string;
}

export interface Hass {
  states: Record<string, HassEntity | undefined>;
  entities: Record<string, HassRegistryEntity>;
  devices: Record<string, HassDevice>;
  services: Record<string, Record<string, unknown> | undefined>;
  language: string;
  locale?: { language: string; time_format?: string; number_format?: string; time_zone?: string };
  config: { time_zone: string };
  user?: { is_admin: boolean };
  localize: (key: string, values?: Record<string, string>) => string;
  loadBackendTranslation?: (category: string, integration?: string) => Promise<unknown>;
  callWS: <T>(message: Record<string, unknown>) => Promise<T>;
  callService: (
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: Record<string, unknown>,
    notifyOnError?: boolean,
    returnResponse?: boolean,
  ) => Promise<{ response?: Record<string, unknown> } | undefined>;
  connection: {
    subscribeMessage: <T>(
      callback: (message: T) => void,
      message: Record<string, unknown>,
    ) => Promise<() => Promise<void>>;
  };
}

/** The devices of cars, in the order of their names. */
export function cars(hass: Hass): HassDevice[] {
  const ids = new Set(
    Object.values(hass.entities)
      .filter((entity) => entity.platform === DOMAIN && entity.device_id)
      .map((entity) => entity.device_id as string),
  );
  return [...ids]
    .map((id) => hass.devices[id])
    .filter((device): device is HassDevice => device !== undefined && device.entry_type === null)
    .sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

/** Any device of ours: the account's card takes its account from it. */
export function anyDevice(hass: Hass): string | undefined {
  return Object.values(hass.entities).find((entity) => entity.platform === DOMAIN)?.device_id;
}

export function nameOf(device: HassDevice): string {
  return device.name_by_user ?? device.name ?? "";
}

/** What an error says to a person: translated where it has a key. */
export function errorText(hass: Hass, error: unknown): string {
  const found = error as {
    message?: string;
    translation_key?: string;
    translation_placeholders?: Record<string, string>;
  };
  if (found.translation_key) {
    const key = `component.${DOMAIN}.exceptions.${found.translation_key}.message`;
    const text = hass.localize(key, found.translation_placeholders ?? {});
    if (text && text !== key) return text;
  }
  return found.message ?? String(error);
}

/** A reason that the integration gave: a translation key, or the message of a car. */
export function reasonText(hass: Hass, reason: string): string {
  const key = `component.${DOMAIN}.exceptions.${reason}.message`;
  const text = hass.localize(key);
  return text && text !== key ? text : reason;
}

/** The page of the integration, with its options. */
export const SETTINGS = `/config/integrations/integration/${DOMAIN}`;

/** Go to a page of Home Assistant. */
export function navigate(path: string): void {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
}

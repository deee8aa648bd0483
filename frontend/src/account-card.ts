/** The account's card: what this month costs. */

import { LitElement, css, html, nothing } from "lit";
import { Format } from "./format";
import { DOMAIN, SETTINGS, anyDevice, errorText, navigate, type Hass } from "./hass";
import { isKey } from "./i18n";
import { translator } from "./sentences";
import { shared } from "./styles";
import { Subscription } from "./subscription";
import type { AccountView } from "./types";

export interface AccountCardConfig {
  type: string;
  device_id?: string;
  name?: string;
}

const LABELS: Record<string, "field_account_device" | "field_name"> = {
  device_id: "field_account_device",
  name: "field_name",
};

export class TeslaScoutAccountCard extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    view: { state: true },
    failure: { state: true },
  };

  declare hass: Hass | undefined;
  declare private config: AccountCardConfig | undefined;
  declare private view: AccountView | undefined;
  declare private failure: unknown;
  private readonly subscription = new Subscription<AccountView>(
    "subscribe_account",
    (view, error) => {
      this.failure = error;
      if (view) this.view = view;
    },
  );

  static getConfigForm(): unknown {
    return {
      schema: [
        { name: "device_id", selector: { device: { filter: { integration: DOMAIN } } } },
        { name: "name", selector: { text: {} } },
      ],
      computeLabel: (schema: { name: string }) => {
        const language = document.documentElement.lang || navigator.language || "en";
        const key = LABELS[schema.name];
        const format = new Format({ language, config: { time_zone: "UTC" } });
        return key ? translator(format)(key) : schema.name;
      },
    };
  }

  static getStubConfig(hass: Hass): Partial<AccountCardConfig> {
    const device = anyDevice(hass);
    return device ? { device_id: device } : {};
  }

  setConfig(config: AccountCardConfig): void {
    this.config = config;
    this.subscription.end();
    this.view = undefined;
  }

  getCardSize(): number {
    return 3;
  }

  getGridOptions(): Record<string, unknown> {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.subscription.end();
  }

  protected override willUpdate(): void {
    const { hass, config } = this;
    if (!hass || !config || !this.isConnected) return;
    const device = config.device_id ?? anyDevice(hass);
    if (device) this.subscription.start(hass, device);
  }

  protected override render(): unknown {
    const { hass, config, view } = this;
    if (!hass || !config) return nothing;
    const format = new Format(hass);
    const t = translator(format);
    if (!view) {
      const text = this.failure ? errorText(hass, this.failure) : t("waiting");
      return html`<ha-card
        ><div class="card"><p role="status">${text}</p></div></ha-card
      >`;
    }
    const name = config.name || view.name;
    const loaded = view.stage !== null;
    return html`<ha-card>
      <section class="card" aria-label=${name}>
        <div class="title">
          <h2>${name}</h2>
          <span class="soft">${loaded ? this.month(view, format) : ""}</span>
          ${
            hass.user && !hass.user.is_admin
              ? nothing
              : html`<button class="act" @click=${() => navigate(SETTINGS)}>
                  ${t("settings")}
                </button>`
          }
        </div>
        ${view.signed_out ? html`<p>${t("v_signed_out")}</p>` : nothing}
        ${loaded ? this.bill(view, format) : nothing}
        ${loaded ? this.charging(view, format) : nothing}
      </section>
    </ha-card>`;
  }

  private month(view: AccountView, format: Format): string {
    const first = new Date(`${view.month}-15T12:00:00Z`);
    return new Intl.DateTimeFormat(format.language, { month: "long", year: "numeric" }).format(
      first,
    );
  }

  private bill(view: AccountView, format: Format): unknown {
    const t = translator(format);
    const stage = `stage_${view.stage ?? ""}`;
    const share = view.limit ? Math.min(100, (100 * view.cost) / view.limit) : 0;
    const budget =
      view.limit === null
        ? t("no_budget")
        : t("of_budget", { limit: format.money(view.limit, view.currency) });
    const until = view.next_reset
      ? new Intl.DateTimeFormat(format.language, { day: "numeric", month: "short" }).format(
          new Date(Date.parse(view.next_reset) - 1),
        )
      : "";
    return html`
      <div class="bill">
        <span class="soft">${t("bill")}</span>
        <span><b>${format.money(view.cost, view.currency)}</b> ${budget}</span>
      </div>
      ${
        view.limit
          ? html`<div class="meter" aria-hidden="true">
              <div class=${view.stage ?? ""} style=${`width:${share}%`}></div>
            </div>`
          : nothing
      }
      <div class="soft small">
        ${[
          ...(view.forecast === null
            ? []
            : [
                t("bill_forecast", {
                  amount: format.money(view.forecast, view.currency),
                  date: until,
                }),
              ]),
          ...(isKey(stage) ? [t(stage)] : []),
        ].join(" · ")}
      </div>
      <dl>
        ${(
          [
            ["reads", view.reads],
            ["commands", view.commands],
            ["wakes", view.wakes],
          ] as const
        ).map(
          ([key, count]) =>
            html`<div>
              <dt>${t(key)}</dt>
              <dd>${format.number(count)}</dd>
            </div>`,
        )}
      </dl>
    `;
  }

  private charging(view: AccountView, format: Format): unknown {
    const t = translator(format);
    const charged = view.cars.filter((car) => car.currency !== null && car.energy > 0);
    return charged.map((car) => {
      const currency = car.currency as string;
      const saved = car.on_arrival - car.cost;
      const parts = [
        format.energy(car.energy),
        format.money(car.cost, currency),
        ...(saved >= 0.01 ? [t("saved", { amount: format.money(saved, currency) })] : []),
      ];
      const name = view.cars.length > 1 ? ` (${car.name})` : "";
      return html`<div class="bill">
        <span class="soft">${t("charged")}${name}</span><span>${parts.join(" · ")}</span>
      </div>`;
    });
  }

  static override styles = [
    shared,
    css`
      .card {
        display: grid;
        gap: 8px;
        padding: 16px;
      }
      .title,
      .bill {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: baseline;
        gap: 2px 16px;
      }
      h2 {
        margin: 0;
        font-size: 18px;
        font-weight: 500;
      }
      .meter {
        height: 8px;
        border-radius: 4px;
        overflow: hidden;
        background: color-mix(in srgb, var(--tsc-soft) 22%, transparent);
      }
      .meter div {
        height: 100%;
        background: var(--tsc-good);
      }
      .meter .saving,
      .meter .essential {
        background: var(--tsc-warning);
      }
      .meter .stopped {
        background: var(--tsc-bad);
      }
      .small {
        font-size: 12px;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 28px;
        margin: 0;
      }
      dt {
        font-size: 12px;
        color: var(--tsc-soft);
      }
      dd {
        margin: 0;
        font-size: 17px;
        font-weight: 500;
      }
      p {
        margin: 0;
      }
    `,
  ];
}

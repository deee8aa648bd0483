/** What the forms of the card share. */

import { css } from "lit";

export const formStyles = css`
  form {
    display: grid;
    gap: 10px;
    padding: 14px;
    border-radius: 12px;
    border: 1px solid var(--tsc-line);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 12px;
    flex-wrap: wrap;
  }
  .row.end {
    justify-content: flex-end;
  }
  label {
    min-width: 64px;
  }
  .times {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    gap: 8px;
  }
  .chip[aria-pressed="true"] {
    border-color: var(--tsc-text);
    box-shadow: inset 0 0 0 1px var(--tsc-text);
  }
  p {
    margin: 0;
  }
  .preview {
    min-height: 63px;
  }
  .verdict {
    font-weight: 600;
  }
  .bad {
    border-left: 4px solid var(--tsc-bad);
    padding-left: 8px;
  }
  .good {
    border-left: 4px solid var(--tsc-good);
    padding-left: 8px;
  }
  .warning {
    border-left: 4px solid var(--tsc-warning);
    padding-left: 8px;
  }
`;

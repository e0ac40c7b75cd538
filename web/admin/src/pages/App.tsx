/**
 * Shows the console to who has brought a key, and asks everybody else for one.
 */
import { useAdminKey } from "../features/key/useAdminKey";
import { ConsolePage } from "./ConsolePage";
import { KeyPage } from "./KeyPage";

export function App() {
  return useAdminKey() === null ? <KeyPage /> : <ConsolePage />;
}

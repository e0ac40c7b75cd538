/**
 * How the server fares: whether changes flow, who is connected, and what is missing that no restart would bring.
 */
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { projectRequest } from "../../client";
import { useProject } from "../../hooks";
import { Loaded } from "../Loaded";
import { Panel } from "../Panel";
import { EmptyState } from "../states";
import { type Tone, ToneBadge } from "../ToneBadge";
import styles from "./operating.module.css";

interface Pulse {
  readonly status: string;
  readonly log: string;
  readonly rooms?: { readonly connections: number };
}

interface Problem {
  readonly what: string;
  readonly severity: string;
  readonly why: string;
}

interface Ready {
  readonly status: string;
  readonly problems: readonly Problem[];
}

const ASK_AGAIN_MS = 5_000;
const TONES: Readonly<Record<string, Tone>> = { warning: "warn", critical: "bad", failed: "bad" };

function useAsked<Answer>(path: string) {
  const { client } = useProject();
  return useQuery({
    queryKey: ["operation", path],
    queryFn: () => projectRequest<Answer>(client, "GET", path),
    refetchInterval: ASK_AGAIN_MS,
    retry: false,
  });
}

export function ServerHealth() {
  const health = useAsked<Pulse>("health");
  const ready = useAsked<Ready>("ready");
  return (
    <div className={styles.columns}>
      <Panel title="Server">
        <Loaded what="server's answers" value={health.data} error={health.error} count={1} height={120}>
          {({ status, log, rooms }) => (
            <dl className={styles.facts}>
              <dt>Process</dt>
              <dd>
                <Verdict isWell={status === "ok"} word={status} />
              </dd>
              <dt>Changes of the database</dt>
              <dd>
                <Verdict isWell={log === "streaming"} word={log} />
              </dd>
              <dt>Connections to rooms</dt>
              <dd className="kit-numbers">{rooms?.connections ?? 0}</dd>
            </dl>
          )}
        </Loaded>
      </Panel>
      <Panel title="What is missing">
        <Loaded what="checks" value={ready.data?.problems} error={ready.error} count={1} height={120} empty={WELL}>
          {(problems) => (
            <ul className={styles.list}>
              {problems.map(({ what, severity, why }) => (
                <li key={what}>
                  <div className={styles.grow}>
                    <strong>{what}</strong>
                    <p className={styles.soft}>{why}</p>
                  </div>
                  <ToneBadge
                    tone={TONES[severity] ?? "quiet"}
                    sign={<IconAlertTriangle size={14} aria-hidden="true" />}
                  >
                    {severity}
                  </ToneBadge>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </Panel>
    </div>
  );
}

const WELL = <EmptyState title="Nothing is missing">All checks are well.</EmptyState>;

function Verdict({ isWell, word }: { readonly isWell: boolean; readonly word: string }) {
  const Sign = isWell ? IconCheck : IconAlertTriangle;
  return (
    <ToneBadge tone={isWell ? "good" : "bad"} sign={<Sign size={14} aria-hidden="true" />}>
      {word}
    </ToneBadge>
  );
}

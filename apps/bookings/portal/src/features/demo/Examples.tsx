/**
 * What to write to have the same in a program of one's own.
 */
import { Code } from "@mantine/core";
import { useProject } from "@millstream/kit/hooks";
import { Panel } from "@millstream/kit/ui";
import styles from "./demo.module.css";
import { exampleOfEvents, exampleOfReceiver, exampleOfRows } from "./exampleTexts";

export function Examples({ organisation }: { readonly organisation: string }) {
  const { url } = useProject().client;
  return (
    <>
      <Panel title="Hear events in a browser" lead="An unmodified supabase-js is enough.">
        <Example label="Hear events">{exampleOfEvents(url.href, organisation)}</Example>
      </Panel>
      <Panel title="Ask for rows" lead="The data API speaks PostgREST's dialect.">
        <Example label="Ask for rows">{exampleOfRows(url.href, organisation)}</Example>
      </Panel>
      <Panel title="Receive webhooks" lead="Standard Webhooks: any of its libraries verifies the signature.">
        <Example label="Receive webhooks">{exampleOfReceiver()}</Example>
      </Panel>
    </>
  );
}

function Example({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    <Code block className={styles.request} tabIndex={0} aria-label={label}>
      {children}
    </Code>
  );
}

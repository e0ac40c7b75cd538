/**
 * Takes a code that somebody shows, typed or read by a scanner, which types it and presses Enter; one after the other.
 */
import { Button, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { FormFoot, Form } from "../FormParts";
import { cleanCode } from "./cleanCode";

interface Props {
  readonly title: string;
  /** What codes look like. */
  readonly description: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** What is done with a code. */
  readonly action: string;
  readonly isPending: boolean;
  /** Why the last code was refused. */
  readonly problem: string | null;
  /** Use the code, and call `done` when it was taken. */
  readonly onCode: (code: string, done: () => void) => void;
}

export function CodeDialog({ title, description, opened, onClose, action, isPending, problem, onCode }: Props) {
  const [code, setCode] = useState("");
  const use = (): void => {
    if (code !== "" && !isPending) onCode(code, () => setCode(""));
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <Form onSubmit={use}>
        <TextInput
          label="Code of the booking"
          description={description}
          data-autofocus
          autoComplete="off"
          value={code}
          onChange={(event) => setCode(cleanCode(event.currentTarget.value))}
          error={problem}
        />
        <FormFoot>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" disabled={code === ""} loading={isPending}>
            {action}
          </Button>
        </FormFoot>
      </Form>
    </Modal>
  );
}

/**
 * Asks whether a connection shall be ended, and ends it.
 */
import { Button, Group, Modal } from "@mantine/core";
import { showToast } from "@millstream/kit/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ask } from "../admin/ask";

interface Props {
  /** What it is called: a socket, a connection. */
  readonly name: string;
  /** The list that it is in. */
  readonly path: string;
  /** Null asks for nothing. */
  readonly id: number | null;
  readonly consequence: string;
  readonly onClose: () => void;
}

export function DisconnectDialog({ name, path, id, consequence, onClose }: Props) {
  const cache = useQueryClient();
  const disconnect = useMutation({
    mutationFn: (ended: number) => ask<null>(`${path}/${ended}`, { method: "DELETE" }),
    onSuccess: (_, ended) =>
      showToast({ id: "disconnect", kind: "good", title: `The ${name} ${ended} was disconnected` }),
    onError: ({ message }) =>
      showToast({ id: "disconnect", kind: "problem", title: `The ${name} was not disconnected`, message }),
    onSettled: () => {
      onClose();
      void cache.invalidateQueries({ queryKey: ["admin"] });
    },
  });
  return (
    <Modal opened={id !== null} onClose={onClose} title={`Disconnect ${name} ${id ?? ""}?`}>
      <p>{consequence}</p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button
          color="red.8"
          loading={disconnect.isPending}
          onClick={() => {
            if (id !== null) disconnect.mutate(id);
          }}
        >
          Disconnect
        </Button>
      </Group>
    </Modal>
  );
}

/**
 * Asks whether a socket shall be ended, and ends it.
 */
import { Button, Group, Modal } from "@mantine/core";
import { showToast } from "@millstream/kit/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { OpenSocket } from "../admin/answers";
import { ask } from "../admin/ask";

interface Props {
  readonly socket: OpenSocket | null;
  readonly onClose: () => void;
}

export function DisconnectDialog({ socket, onClose }: Props) {
  const cache = useQueryClient();
  const disconnect = useMutation({
    mutationFn: (id: number) => ask<null>(`sockets/${id}`, { method: "DELETE" }),
    onSuccess: (_, id) => showToast({ id: "disconnect", kind: "good", title: `Socket ${id} was disconnected` }),
    onError: ({ message }) =>
      showToast({ id: "disconnect", kind: "problem", title: "The socket was not disconnected", message }),
    onSettled: () => {
      onClose();
      void cache.invalidateQueries({ queryKey: ["admin"] });
    },
  });
  return (
    <Modal opened={socket !== null} onClose={onClose} title={`Disconnect socket ${socket?.id ?? ""}?`}>
      <p>
        It ends with code 4004, and its client connects again by itself: its {socket?.channels ?? 0} channels are joined
        anew, and those that resume miss nothing.
      </p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button color="red.8" loading={disconnect.isPending} onClick={() => socket && disconnect.mutate(socket.id)}>
          Disconnect
        </Button>
      </Group>
    </Modal>
  );
}

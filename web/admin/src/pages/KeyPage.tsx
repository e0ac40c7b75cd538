/**
 * Asks for a secret key, tries it, and says why where it does not open the door.
 */
import { Button, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Overview } from "../features/admin/answers";
import { ask } from "../features/admin/ask";
import { keepKey } from "../features/key/adminKey";
import styles from "./KeyPage.module.css";

export function KeyPage() {
  const [key, setKey] = useState("");
  const open = useMutation({
    mutationFn: async (tried: string) => {
      const answer = await ask<Overview>("overview", { key: tried });
      keepKey(tried);
      return answer;
    },
  });
  return (
    <main className={styles.page}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          open.mutate(key.trim());
        }}
      >
        <h1>Millstream admin</h1>
        <p>
          This view is for who runs the project. It opens with one of its secret keys, which stays in this tab and is
          forgotten when you close it.
        </p>
        <PasswordInput
          label="Secret key"
          description="It begins with sb_secret_"
          value={key}
          autoComplete="off"
          error={open.error?.message}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Button type="submit" loading={open.isPending} disabled={key.trim() === ""} fullWidth mt="md">
          Open
        </Button>
      </form>
    </main>
  );
}

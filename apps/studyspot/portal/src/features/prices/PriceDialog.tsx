/**
 * Sets a price. Where a colleague changed the same meanwhile, both values are shown and one is chosen.
 */
import { Button, Group, Modal, NumberInput } from "@mantine/core";
import { callOperation } from "@millstream/kit/client";
import { ConflictDialog, FormProblem, showToast, SubmitButton, useVersionedForm } from "@millstream/kit/ui";
import type { LibraryRow, PriceRow } from "../../rows";
import { sayRefusal } from "../booking/refusals";
import { money } from "../money";
import styles from "../owner/OwnerPage.module.css";
import type { ZonePrice } from "./usePrices";

/** As the fields of the form have them: an empty one is none. */
interface Values {
  readonly hourly_price: number | "";
  readonly day_price: number | "";
  readonly month_price: number | "";
}

const LABELS: Readonly<Record<keyof Values, string>> = {
  hourly_price: "An hour",
  day_price: "A day, at most",
  month_price: "A month",
};

interface Props {
  readonly library: LibraryRow;
  readonly of: ZonePrice;
  readonly onClose: () => void;
}

export function PriceDialog({ library, of: { zone, price }, onClose }: Props) {
  const { currency } = library;
  const { form, isPending, problem, onSubmit, conflict } = useVersionedForm<Values, PriceRow>({
    actual: { values: valuesOf(price), version: price?.version ?? 0 },
    validate: { hourly_price: (value) => (value === "" ? "An hour costs something, or 0." : null) },
    send: (client, values, version) =>
      callOperation<PriceRow>(client, "set_price", {
        library_id: library.id,
        zone_id: zone?.id ?? null,
        ...Object.fromEntries(Object.entries(values).map(([field, value]) => [field, value === "" ? null : value])),
        version: price && version,
      }),
    say: (failed) => sayRefusal(failed, library.timezone),
    onDone: ({ hourly_price }) => {
      const message = `Students see ${money(hourly_price, currency)} an hour now.`;
      showToast({ id: "price", kind: "good", title: "Done!", message });
      onClose();
    },
  });
  const fields = (Object.keys(LABELS) as (keyof Values)[]).filter((name) => zone === null || name !== "month_price");
  return (
    <Modal opened onClose={onClose} title={`Price: ${zone?.name ?? "whole library"}`} centered>
      <form className={styles.form} noValidate onSubmit={onSubmit}>
        <FormProblem>{problem}</FormProblem>
        <div className={styles.pair}>
          {fields.map((name) => (
            <NumberInput
              key={name}
              label={`${LABELS[name]} (${currency})`}
              min={0}
              max={1_000_000}
              decimalScale={2}
              hideControls
              {...form.getInputProps(name)}
            />
          ))}
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <SubmitButton isPending={isPending}>Save the price</SubmitButton>
        </Group>
      </form>
      <ConflictDialog<Values>
        {...conflict}
        labelOf={(name) => LABELS[name]}
        write={(value) => (typeof value === "number" ? money(value, currency) : <em>none</em>)}
      />
    </Modal>
  );
}

function valuesOf(price: PriceRow | null): Values {
  return {
    hourly_price: price?.hourly_price ?? "",
    day_price: price?.day_price ?? "",
    month_price: price?.month_price ?? "",
  };
}

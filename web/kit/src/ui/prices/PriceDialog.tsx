/**
 * Sets a price. Where a colleague changed the same meanwhile, both amounts are shown and one is chosen.
 */
import { Button, Modal } from "@mantine/core";
import { ConflictDialog, useVersionedForm } from "../conflict";
import { FieldRow, Form, FormFoot, SubmitButton } from "../FormParts";
import { NumberFields } from "../NumberFields";
import { showToast } from "../toasts";
import type { PriceListProps } from "./PriceList";
import { type Amounts, fieldsOf, type Priced } from "./tariff";

interface Props<Field extends string> extends Pick<PriceListProps<Field>, "tariff" | "send" | "sayDone" | "say"> {
  readonly priced: Priced<Field>;
  readonly onClose: () => void;
}

const MOST = 1_000_000;

/** As the fields of the form have them: an empty one is none. */
type Typed<Field extends string> = Record<Field, number | "">;
type Checks<Field extends string> = Partial<Record<Field, (value: number | "") => string | null>>;

export function PriceDialog<Field extends string>({ priced, tariff, send, sayDone, say, onClose }: Props<Field>) {
  const { names, currency, money } = tariff;
  const { id, name, price, fields = fieldsOf(names) } = priced;
  const { form, isPending, problem, onSubmit, conflict } = useVersionedForm<Typed<Field>, Amounts<Field>>({
    actual: { values: typedOf(fieldsOf(names), price), version: price?.version ?? 0 },
    validate: firstIsGiven(fieldsOf(names)),
    send: (client, typed, version) => send(client, id, amountsOf(typed), price && version),
    say,
    onDone: (amounts) => {
      showToast({ id: "price", kind: "good", title: "Done!", message: sayDone(amounts) });
      onClose();
    },
  });
  const labels = ofEach(fields, (field) => `${names[field].label} (${currency})`);
  return (
    <Modal opened onClose={onClose} title={`Price: ${name}`} centered>
      <Form problem={problem} onSubmit={onSubmit}>
        <FieldRow>
          <NumberFields labels={labels} max={MOST} fractions={fields} propsOf={form.getInputProps} />
        </FieldRow>
        <FormFoot>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <SubmitButton isPending={isPending}>Save the price</SubmitButton>
        </FormFoot>
      </Form>
      <ConflictDialog<Typed<Field>>
        {...conflict}
        labelOf={(field) => names[field].label}
        write={(value) => (typeof value === "number" ? money(value, currency) : <em>none</em>)}
      />
    </Modal>
  );
}

/** The first amount is the price, without which there is none. */
function firstIsGiven<Field extends string>(fields: readonly Field[]): Checks<Field> {
  const check = (value: number | ""): string | null => (value === "" ? "It costs something, or 0." : null);
  return ofEach(fields.slice(0, 1), () => check);
}

function typedOf<Field extends string>(fields: readonly Field[], price: Amounts<Field> | null): Typed<Field> {
  return ofEach(fields, (field) => price?.[field] ?? "");
}

function amountsOf<Field extends string>(typed: Typed<Field>): Amounts<Field> {
  return ofEach(Object.keys(typed) as Field[], (field) => {
    const value: number | "" = typed[field];
    return value === "" ? null : value;
  });
}

function ofEach<Field extends string, Value>(
  fields: readonly Field[],
  valueOf: (field: Field) => Value,
): Record<Field, Value> {
  return Object.fromEntries(fields.map((field) => [field, valueOf(field)])) as Record<Field, Value>;
}

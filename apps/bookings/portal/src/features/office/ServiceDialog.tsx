/**
 * A service as those who look after the place describe it. Where a colleague changed the same meanwhile, both values are
 * shown and one is chosen.
 */
import { Button, Modal, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { saveVersion } from "@millstream/kit/client";
import {
  ConflictDialog,
  FieldRow,
  Form,
  FormFoot,
  numberBetween,
  NumberFields,
  showToast,
  SubmitButton,
  type UseVersionedForm,
  useVersionedForm,
} from "@millstream/kit/ui";
import type { ProviderRow, ServiceRow } from "../../rows";
import { OfferedBy } from "./OfferedBy";
import { offerService, sayUnsaved } from "./savingRows";

const NUMBERS = {
  duration_minutes: "Minutes",
  buffer_before_minutes: "Minutes kept free before",
  buffer_after_minutes: "Minutes kept free after",
  price: "Price",
  slot_interval_minutes: "Starts every … minutes",
  min_notice_minutes: "Notice, in minutes",
  horizon_days: "Days ahead",
  free_until_hours: "Free to cancel until hours before",
  late_fee_percent: "Then it costs, in percent",
} as const;
const MOST = 1_000_000;
const LIMITS: Readonly<Record<keyof typeof NUMBERS, readonly [least: number, most: number]>> = {
  duration_minutes: [5, 1_440],
  buffer_before_minutes: [0, 480],
  buffer_after_minutes: [0, 480],
  price: [0, MOST],
  slot_interval_minutes: [5, 1_440],
  min_notice_minutes: [0, 525_600],
  horizon_days: [1, 730],
  free_until_hours: [0, 8_760],
  late_fee_percent: [0, 100],
};
const CHOICES = {
  confirmation: {
    label: "Confirmation",
    data: [
      { value: "instant", label: "At once" },
      { value: "request", label: "On request" },
    ],
  },
  payment: {
    label: "Payment",
    data: [
      { value: "at_place", label: "At the place" },
      { value: "online", label: "Online, before" },
    ],
  },
} as const;

type Field = keyof typeof NUMBERS | keyof typeof CHOICES | "name" | "description" | "active";
type Values = Pick<ServiceRow, Field>;

const NEW: Values = {
  name: "",
  description: "",
  duration_minutes: 30,
  buffer_before_minutes: 0,
  buffer_after_minutes: 0,
  price: 0,
  slot_interval_minutes: 15,
  min_notice_minutes: 60,
  horizon_days: 60,
  free_until_hours: 24,
  late_fee_percent: 50,
  confirmation: "instant",
  payment: "at_place",
  active: true,
};

interface Props {
  /** Null makes a new one. */
  readonly service: ServiceRow | null;
  readonly organisation: string;
  readonly providers: readonly ProviderRow[];
  readonly mayChange: boolean;
  readonly onClose: () => void;
}

export function ServiceDialog(props: Props) {
  const { service, providers, mayChange, onClose } = props;
  const currency = currencyOf(props);
  const { form, isPending, problem, onSubmit, conflict } = useServiceForm(props, currency);
  return (
    <Modal opened onClose={onClose} title={service?.name ?? "A new service"} size="lg" centered>
      <Form problem={problem} onSubmit={onSubmit}>
        <Fields form={form} currency={currency} mayChange={mayChange} />
        {service && <OfferedBy service={service} providers={providers} mayChange={mayChange} />}
        <FormFoot>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {mayChange && <SubmitButton isPending={isPending}>Save the service</SubmitButton>}
        </FormFoot>
      </Form>
      <ConflictDialog<Values> {...conflict} labelOf={labelOf} />
    </Modal>
  );
}

function currencyOf({ service, providers }: Props): string {
  return service?.currency ?? providers[0]?.currency ?? "EUR";
}

function useServiceForm({ service, organisation, providers, onClose }: Props, currency: string) {
  return useVersionedForm<Values, string>({
    actual: service ? { values: valuesOf(service), version: service.version } : { values: NEW, version: 0 },
    validate: {
      name: (name) => (name.trim() === "" ? "Clients choose it by its name." : null),
      payment: (payment, { confirmation }) =>
        payment === "online" && confirmation === "request" ? "What is on request is paid at the place." : null,
      ...Object.fromEntries(Object.entries(LIMITS).map(([name, [least, most]]) => [name, numberBetween(least, most)])),
    },
    send: async (client, values, version) => {
      if (service) return saveVersion(client, "services", { id: service.id, version }, values);
      const made = await saveVersion(client, "services", null, { ...values, organisation_id: organisation, currency });
      const offer = { organisation_id: organisation, service_id: made };
      await Promise.all(providers.map(({ id }) => offerService(client, { ...offer, provider_id: id }, true)));
      return made;
    },
    onDone: () => {
      showToast({ id: "service", kind: "good", title: "Saved", message: "Clients see it so from now on." });
      onClose();
    },
    say: sayUnsaved,
  });
}

interface FieldsProps {
  readonly form: UseVersionedForm<Values>["form"];
  readonly currency: string;
  readonly mayChange: boolean;
}

function Fields({ form, currency, mayChange }: FieldsProps) {
  const given = { disabled: !mayChange };
  return (
    <>
      <TextInput label="Name" maxLength={120} required {...given} {...form.getInputProps("name")} />
      <Textarea label="Description" autosize minRows={2} {...given} {...form.getInputProps("description")} />
      <FieldRow>
        <NumberFields
          labels={{ ...NUMBERS, price: `${NUMBERS.price} (${currency})` }}
          max={MOST}
          fractions={["price"]}
          propsOf={(name) => ({ ...form.getInputProps(name), ...given })}
        />
        {(Object.keys(CHOICES) as (keyof typeof CHOICES)[]).map((name) => (
          <Select key={name} {...CHOICES[name]} allowDeselect={false} {...given} {...form.getInputProps(name)} />
        ))}
      </FieldRow>
      <Switch label="Can be booked" {...given} {...form.getInputProps("active", { type: "checkbox" })} />
    </>
  );
}

function labelOf(field: Field): string {
  const known: Readonly<Record<string, string>> = { ...NUMBERS, name: "Name", description: "Description" };
  return known[field] ?? (field === "active" ? "Can be booked" : CHOICES[field as keyof typeof CHOICES].label);
}

function valuesOf(row: ServiceRow): Values {
  return Object.fromEntries((Object.keys(NEW) as Field[]).map((field) => [field, row[field]])) as unknown as Values;
}

/**
 * Registers a place of an organisation, by the kit's `kit.approved_places`: it waits for an administrator's approval, and
 * its managers can prepare it until then.
 */
import { type ComboboxItem, type OptionsFilter, Select, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { type RequestFailed, unwrap } from "../../client";
import { useForm } from "../../hooks";
import { isZoneNamed, visitorZone, zonesWith } from "../../time";
import { FieldRow, Form, FormFoot, SubmitButton } from "../FormParts";
import { Panel } from "../Panel";
import { currencies, type NewPlace, slugOf } from "./newPlace";

interface Props {
  readonly table: string;
  readonly organisation: string;
  /** What a place is called: `library`. */
  readonly noun: string;
  readonly say: (refusal: RequestFailed) => string;
  readonly onDone: (id: string, place: NewPlace) => void;
}

/** How the data API says that a value which must be the only one is there already. */
const TAKEN = "23505";
const SHOWN = 60;

/** Finds a zone by today's name and by the older one, with or without the strokes between words. */
const zonesNamed: OptionsFilter = ({ options, search, limit }) =>
  options.filter((option) => isZoneNamed((option as ComboboxItem).value, search)).slice(0, limit);

export function NewPlaceForm(props: Props) {
  const { noun } = props;
  const here = visitorZone();
  const choices = useMemo(() => ({ zones: zonesWith(here), currencies: currencies() }), [here]);
  const { form, isPending, problem, onSubmit } = useRegistration(props, here);
  return (
    <Panel title={`The ${noun}`} lead="Name, city and address can be changed later; time zone and currency stay.">
      <Form problem={problem} onSubmit={onSubmit}>
        <FieldRow>
          <TextInput label="Name" maxLength={120} {...form.getInputProps("name")} />
          <TextInput label="City" maxLength={80} {...form.getInputProps("city")} />
        </FieldRow>
        <TextInput
          label="Address"
          description="Street and number, as people look for it."
          maxLength={200}
          {...form.getInputProps("address")}
        />
        <FieldRow>
          <Select
            label="Time zone"
            searchable
            limit={SHOWN}
            filter={zonesNamed}
            allowDeselect={false}
            data={[...choices.zones]}
            nothingFoundMessage="No time zone is called so."
            {...form.getInputProps("timezone")}
          />
          <Select
            label="Currency"
            placeholder="Such as EUR"
            searchable
            limit={SHOWN}
            allowDeselect={false}
            data={[...choices.currencies]}
            nothingFoundMessage="No currency is called so."
            {...form.getInputProps("currency")}
          />
        </FieldRow>
        <FormFoot>
          <SubmitButton isPending={isPending}>{`Register the ${noun}`}</SubmitButton>
        </FormFoot>
      </Form>
    </Panel>
  );
}

function useRegistration({ table, organisation, noun, say, onDone }: Props, timezone: string) {
  const needed = (what: string) => (value: string | null) => ((value ?? "").trim() === "" ? what : null);
  return useForm<NewPlace, string>({
    initialValues: { name: "", city: "", address: "", timezone, currency: "" },
    validate: {
      name: needed(`People find the ${noun} by its name.`),
      city: needed("People look by city."),
      timezone: needed("All its times are those of this zone."),
      currency: needed("All its prices are in this currency."),
    },
    send: async (client, place) => {
      const row = { ...place, slug: slugOf(place.name, place.city), organisation_id: organisation };
      const [made] = unwrap<{ id: string }[]>(await client.supabase.from(table).insert(row).select("id"));
      return made?.id ?? "";
    },
    fieldOf: { [TAKEN]: "name" },
    say: (refusal) => (refusal.code === TAKEN ? `There is a ${noun} of this name in this city.` : say(refusal)),
    onDone,
  });
}

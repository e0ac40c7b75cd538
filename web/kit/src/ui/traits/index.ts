export { type Trait, type Traits, TraitChoice, TraitTags } from "./traits";

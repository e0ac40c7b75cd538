/**
 * A place that something belongs to in the tables of the kit's SQL: opening hours, closed days, announcements, reviews.
 */
export interface Place {
  /** The column by which the tables name places, such as `branch_id`. */
  readonly column: string;
  readonly id: string;
  readonly organisation_id: string;
  readonly timezone: string;
}

import { NotFoundPage as NotFound } from "@millstream/kit/shell";
import { StudentLayout } from "./StudentLayout";

/** Of all addresses, with the frame that they have in common. */
export function NotFoundPage() {
  return (
    <StudentLayout>
      <NothingHere />
    </StudentLayout>
  );
}

/** For pages that stand in the frame already. */
export function NothingHere() {
  return <NotFound home={{ link: { to: "/" }, label: "See the libraries" }} />;
}

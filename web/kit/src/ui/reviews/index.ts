export { AverageStars } from "./AverageStars";
export { ReviewDesk } from "./ReviewDesk";
export { ReviewForm } from "./ReviewForm";
export { Reviews } from "./Reviews";
export { Stars } from "./Stars";

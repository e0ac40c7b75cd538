export { AverageStars } from "./AverageStars";
export { ReviewForm } from "./ReviewForm";
export { Reviews } from "./Reviews";
export { Stars } from "./Stars";

import {TourAutomatic} from "@web_tour/js/tour_automatic/tour_automatic";

// How long a step of a tour waits for its element, in ms: a machine may be busy with
// other suites, and the first print of a database makes its style sheets.
TourAutomatic.prototype.timeout = 60000;

// On the pages of the desk: signing out there, too, takes what lies on this phone with it.

import { askBeforeLeaving } from "./leaving.js";

askBeforeLeaving(null);

"""代办委托: an applicant authorises an agent in writing, for items; revocable at any time."""

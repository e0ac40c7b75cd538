-- Functions that have more parameters now: beside their former selves a call would fit both.

drop function if exists kit.refuse_claim(regclass, text, timestamptz, timestamptz, integer, integer, text, text);
drop function if exists kit.reviews(regclass, text, regclass, text, text);

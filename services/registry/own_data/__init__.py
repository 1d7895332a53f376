"""本人信息: what is kept about somebody, for the person alone: read, who looked, copied, asked to be corrected."""

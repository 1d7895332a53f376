"""差评整改: a low rating is called back, put right within its limit, appealed, reviewed, reopened."""

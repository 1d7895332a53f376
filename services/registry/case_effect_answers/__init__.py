"""办件登记答复: what granted cases of the hall ask for, applied by the rules of the register or refused."""

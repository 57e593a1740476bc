"""The audit folder of a case (卷宗): what lies in it and what is missing as a plain plan, then bound into one PDF."""

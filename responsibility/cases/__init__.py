"""Past cases (案件): what would become of them otherwise, what became of answers, what they found changed."""

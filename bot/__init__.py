"""Doctor's Note: doctors' articles, found by a patient's question and quoted word for word."""

"""What every training needs: processes, a stop between steps, a log. It knows no model."""

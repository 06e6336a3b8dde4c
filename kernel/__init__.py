"""What every package stands on and none may own; it knows no noun of the business."""

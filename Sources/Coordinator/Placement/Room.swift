enum PlacementRoom {}

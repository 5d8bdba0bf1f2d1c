enum ReportsRoom {}

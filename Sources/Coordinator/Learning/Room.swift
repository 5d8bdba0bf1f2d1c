enum LearningRoom {}

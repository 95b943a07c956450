from locust import FastHttpUser, HttpUser, task


class Bare(HttpUser):
    @task
    def get(self):
        self.client.get("/api/products/", name="bare")


class Fast(FastHttpUser):
    @task
    def get(self):
        self.client.get("/api/products/", name="bare")

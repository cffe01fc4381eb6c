"""The REST interface, put together from the apps' routers."""

from accounts.bearer import BearerToken
from base.api import MalakaAPI

api = MalakaAPI(
    title="Malaka",
    version="1",
    description="From a household's wish to a certificate that proves itself.",
    urls_namespace="api",
    auth=BearerToken(),
)
for app in ("accounts", "courses", "enrollment", "certificates", "reports"):
    api.add_router("", f"{app}.api.router")

from . import test_purchase_order
from . import test_purchase_order_http

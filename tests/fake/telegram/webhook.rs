//! Posts updates to the bot's webhook: one after the other, each until it is taken.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;

use super::shared::Shared;

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
const POST_TIMEOUT: Duration = Duration::from_secs(10);
const BACK_OFF_MIN: Duration = Duration::from_millis(20);
const BACK_OFF_MAX: Duration = Duration::from_secs(1);

/// Never ends by itself.
pub(super) async fn post_updates(shared: Arc<Shared>) {
    let mut client = None;
    let mut back_off = BACK_OFF_MIN;
    loop {
        let woken = shared.updates.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let due = shared.look(|world| {
            let webhook = world.updates.webhook.as_ref().filter(|_| !world.faults.is_down)?;
            let update = world.updates.queue.front()?;
            Some((webhook.url.clone(), webhook.secret.clone(), update.id, update.text.clone()))
        });
        let Some((url, secret, id, text)) = due else {
            woken.await;
            continue;
        };
        let client = client.get_or_insert_with(|| {
            Client::builder().no_proxy().timeout(POST_TIMEOUT).build().expect("a client without proxy can be built")
        });
        let mut request = client.post(url).header("Content-Type", "application/json").body(text);
        if let Some(secret) = secret {
            request = request.header(SECRET_HEADER, secret);
        }
        let outcome = request.send().await;
        let error = match outcome {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("Wrong response from the webhook: {}", response.status())),
            Err(_) => Some("Connection failed".to_owned()),
        };
        let is_taken = error.is_none();
        shared.change(|world| {
            if is_taken {
                world.updates.taken(id);
            }
            if let Some(webhook) = &mut world.updates.webhook {
                webhook.last_error = error;
            }
        });
        if is_taken {
            back_off = BACK_OFF_MIN;
        } else {
            tokio::time::sleep(back_off).await;
            back_off = (back_off * 2).min(BACK_OFF_MAX);
        }
    }
}

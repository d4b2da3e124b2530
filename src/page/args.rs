//! Where the page is, as it is typed.

use clap::Args;

use crate::receiver::ListenAddress;

/// The live page.
#[derive(Args)]
#[command(next_help_heading = "Page")]
pub(crate) struct PageArgs {
    /// Where the live page is; by default 10000 above the port of the listener, or where there is room
    #[arg(long, value_name = "ADDR", value_parser = loopback)]
    page: Option<ListenAddress>,
    /// Show no page
    #[arg(long, conflicts_with_all = ["page", "open"])]
    no_page: bool,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// Where a page may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Nowhere,
    /// There, and nowhere else.
    At(ListenAddress),
    /// There if there is room, else anywhere.
    Near(ListenAddress),
}

/// How far above the listener's port the page is: far from where developers have their servers, and easy to tell.
const ABOVE: u16 = 10_000;

impl PageArgs {
    pub(crate) fn opens(&self) -> bool {
        self.open
    }

    /// Where the page of a listener is wanted.
    pub(crate) fn wanted(&self, listener: ListenAddress) -> Wanted {
        match (self.page, listener.port()) {
            _ if self.no_page => Wanted::Nowhere,
            (Some(address), _) => Wanted::At(address),
            (None, 0) => Wanted::At(ListenAddress::loopback(0)),
            (None, port) => Wanted::Near(ListenAddress::loopback(
                port.checked_add(ABOVE).unwrap_or(0),
            )),
        }
    }
}

fn loopback(text: &str) -> Result<ListenAddress, String> {
    let address: ListenAddress = text.parse()?;
    if address.is_open() {
        return Err(
            "the page shows all that comes, so it is for this machine alone; take a port such as `:18080`"
                .to_owned(),
        );
    }
    Ok(address)
}

/// Opens a URL in the browser; says if that fails.
pub(crate) fn open(url: &str) -> Result<(), String> {
    open::that_detached(url)
        .map_err(|_| format!("cannot open a browser; open {url} in one yourself."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(page: Option<&str>, listener: &str) -> Wanted {
        let args = PageArgs {
            page: page.map(|page| loopback(page).unwrap()),
            no_page: false,
            open: false,
        };
        args.wanted(listener.parse().unwrap())
    }

    #[test]
    fn the_page_is_near_its_listener_unless_it_is_told_where() {
        let at = ListenAddress::loopback;
        assert_eq!(wanted(None, ":8080"), Wanted::Near(at(18_080)));
        assert_eq!(wanted(None, "0.0.0.0:3000"), Wanted::Near(at(13_000)));
        assert_eq!(wanted(None, ":60000"), Wanted::Near(at(0)));
        assert_eq!(wanted(None, ":0"), Wanted::At(at(0)));
        assert_eq!(wanted(Some(":9000"), ":8080"), Wanted::At(at(9000)));
        assert!(loopback("0.0.0.0:9000").is_err() && loopback("[::1]:9000").is_ok());
    }
}

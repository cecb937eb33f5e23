//! The network of a sandbox: one pair of interfaces, made by netlink. No route leaves the machine.

use std::net::{IpAddr, Ipv4Addr};

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage,
    NetlinkPayload,
};
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::protocols::NETLINK_ROUTE;
use netlink_sys::{Socket, SocketAddr};

/// A network that this host has an address in, or a route to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostNetwork {
    pub(crate) source: Source,
    pub(crate) address: Ipv4Addr,
    pub(crate) prefix: u8,
    /// Name of the interface. None: the kernel names none.
    pub(crate) interface: Option<String>,
}

/// Source of a [`HostNetwork`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Address,
    Route,
}

impl std::fmt::Display for HostNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let source = match self.source {
            Source::Address => "address",
            Source::Route => "route",
        };
        write!(f, "the {source} {}/{}", self.address, self.prefix)?;
        match &self.interface {
            Some(interface) => write!(f, " of {interface}"),
            None => Ok(()),
        }
    }
}

/// A netlink socket for the network namespace of the thread that opened the socket.
pub(crate) struct Network {
    socket: Socket,
    sequence: u32,
}

impl Network {
    pub(crate) fn open() -> std::io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Self { socket, sequence: 0 })
    }

    /// Makes a pair of interfaces: one in this namespace, one in that of a process.
    pub(crate) fn make_pair(&mut self, here: &str, there: &str, pid: u32) -> std::io::Result<()> {
        let mut peer = LinkMessage::default();
        peer.attributes = vec![LinkAttribute::IfName(there.into()), LinkAttribute::NetNsPid(pid)];
        let mut link = LinkMessage::default();
        link.attributes = vec![
            LinkAttribute::IfName(here.into()),
            LinkAttribute::LinkInfo(vec![
                LinkInfo::Kind(InfoKind::Veth),
                LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
            ]),
        ];
        self.change(RouteNetlinkMessage::NewLink(link), NLM_F_CREATE | NLM_F_EXCL)
    }

    /// Removes an interface. True if the interface existed. A missing interface is no error.
    pub(crate) fn remove(&mut self, name: &str) -> std::io::Result<bool> {
        let Ok(index) = nix::net::if_::if_nametoindex(name) else { return Ok(false) };
        let mut link = LinkMessage::default();
        link.header.index = index;
        match self.change(RouteNetlinkMessage::DelLink(link), 0) {
            Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ENODEV as i32) => {
                Ok(false)
            }
            other => other.map(|()| true),
        }
    }

    /// Gives an interface an address and sets it up.
    pub(crate) fn set_up(
        &mut self,
        name: &str,
        address: Option<(Ipv4Addr, u8)>,
    ) -> std::io::Result<()> {
        let index = nix::net::if_::if_nametoindex(name)?;
        if let Some((address, prefix)) = address {
            let mut message = AddressMessage::default();
            message.header.family = AddressFamily::Inet;
            message.header.index = index;
            message.header.prefix_len = prefix;
            let ip = IpAddr::V4(address);
            message.attributes = vec![AddressAttribute::Local(ip), AddressAttribute::Address(ip)];
            self.change(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE | NLM_F_EXCL)?;
        }
        let mut link = LinkMessage::default();
        link.header.index = index;
        link.header.flags = LinkFlags::Up;
        link.header.change_mask = LinkFlags::Up;
        self.change(RouteNetlinkMessage::SetLink(link), 0)
    }

    /// Every IPv4 network that this host has an address in or a route to, but for default routes.
    pub(crate) fn networks(&mut self) -> std::io::Result<Vec<HostNetwork>> {
        let mut address = AddressMessage::default();
        address.header.family = AddressFamily::Inet;
        let mut found = self.dump(RouteNetlinkMessage::GetAddress(address), network_of_address)?;
        let mut route = RouteMessage::default();
        route.header.address_family = AddressFamily::Inet;
        found.extend(self.dump(RouteNetlinkMessage::GetRoute(route), network_of_route)?);
        Ok(found)
    }

    fn dump<T>(
        &mut self,
        question: RouteNetlinkMessage,
        take: impl Fn(RouteNetlinkMessage) -> Option<T>,
    ) -> std::io::Result<Vec<T>> {
        self.send(question, NLM_F_REQUEST | NLM_F_DUMP)?;
        let mut found = Vec::new();
        loop {
            for answer in self.receive()? {
                match answer.payload {
                    NetlinkPayload::InnerMessage(message) => found.extend(take(message)),
                    NetlinkPayload::Done(_) => return Ok(found),
                    NetlinkPayload::Error(e) if e.code.is_some() => return Err(e.to_io()),
                    _ => {}
                }
            }
        }
    }

    fn change(&mut self, message: RouteNetlinkMessage, flags: u16) -> std::io::Result<()> {
        self.send(message, NLM_F_REQUEST | NLM_F_ACK | flags)?;
        loop {
            for answer in self.receive()? {
                if let NetlinkPayload::Error(error) = answer.payload {
                    return if error.code.is_some() { Err(error.to_io()) } else { Ok(()) };
                }
            }
        }
    }

    fn send(&mut self, message: RouteNetlinkMessage, flags: u16) -> std::io::Result<()> {
        self.sequence += 1;
        let mut header = NetlinkHeader::default();
        header.flags = flags;
        header.sequence_number = self.sequence;
        let mut packet = NetlinkMessage::new(header, NetlinkPayload::from(message));
        packet.finalize();
        let mut bytes = vec![0; packet.buffer_len()];
        packet.serialize(&mut bytes);
        self.socket.send(&bytes, 0).map(drop)
    }

    fn receive(&mut self) -> std::io::Result<Vec<NetlinkMessage<RouteNetlinkMessage>>> {
        let (bytes, _) = self.socket.recv_from_full()?;
        let mut answers = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let answer = NetlinkMessage::deserialize(rest)
                .map_err(|e| std::io::Error::new(std::io::ErrorKind::InvalidData, e.to_string()))?;
            let length = usize::try_from(answer.header.length).unwrap_or(rest.len()).max(16);
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
            answers.push(answer);
        }
        Ok(answers)
    }
}

fn network_of_address(message: RouteNetlinkMessage) -> Option<HostNetwork> {
    let RouteNetlinkMessage::NewAddress(message) = message else { return None };
    let address = message.attributes.iter().find_map(|attribute| match attribute {
        AddressAttribute::Address(IpAddr::V4(ip)) => Some(*ip),
        _ => None,
    })?;
    let interface = interface_name(message.header.index);
    Some(HostNetwork {
        source: Source::Address,
        address,
        prefix: message.header.prefix_len,
        interface,
    })
}

fn network_of_route(message: RouteNetlinkMessage) -> Option<HostNetwork> {
    let RouteNetlinkMessage::NewRoute(message) = message else { return None };
    let address = message.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Destination(RouteAddress::Inet(ip)) => Some(*ip),
        _ => None,
    })?;
    let interface = message.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Oif(index) => interface_name(*index),
        _ => None,
    });
    Some(HostNetwork {
        source: Source::Route,
        address,
        prefix: message.header.destination_prefix_length,
        interface,
    })
}

fn interface_name(index: u32) -> Option<String> {
    nix::net::if_::if_indextoname(index).ok()?.into_string().ok()
}

//! A proxy that loses an answer: the server has done what was asked, and its client does not learn of it (reliability R12).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Stands between a client and a server.
#[derive(Debug)]
pub struct CuttingProxy {
    /// Where it listens.
    pub address: SocketAddr,
    cut: Arc<AtomicBool>,
}

impl CuttingProxy {
    /// A proxy on a free port. It ends with its runtime.
    ///
    /// # Errors
    /// There is no port.
    pub async fn start(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let cut = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, cut })
    }

    /// The next answer is lost, and the connection with it.
    pub fn cut_next(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// Whether an answer is still to be lost.
    pub fn is_armed(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }
}

/// Carries bytes both ways until either side ends, or until an answer begins that is to be lost: the server answers after its commit.
async fn carry(mut client: TcpStream, server: SocketAddr, cut: Arc<AtomicBool>) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut asked, mut answered) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read? {
                0 => return Ok(()),
                length => server.write_all(&asked[..length]).await?,
            },
            read = server.read(&mut answered) => match read? {
                0 => return Ok(()),
                _ if cut.swap(false, Ordering::SeqCst) => return Ok(()),
                length => client.write_all(&answered[..length]).await?,
            },
        }
    }
}
